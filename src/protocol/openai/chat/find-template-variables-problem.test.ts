import { expect, test } from 'vitest';
import { findTemplateVariablesProblem } from './find-template-variables-problem.ts';
import { templateVariablesMax } from './template-fields.ts';

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`v${at}`, at]));

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['no variables', {}],
  ['a switch', { enable_thinking: false }],
  ['every kind of value', { a: [1, 'b', null, true], _b2: { c: {} } }],
  ['as many as may be', many(templateVariablesMax)],
  ['as deep as may be', nested(8)],
  ['as long as may be', { a: 'x'.repeat(4_096 - '{"a":""}'.length) }],
])('%s is all right', (_, value) => {
  expect(findTemplateVariablesProblem(value)).toBeUndefined();
});

test.each<[string, unknown, string]>([
  ['too many', many(templateVariablesMax + 1), 'object_above_max_properties'],
  ['too deep', nested(9), 'invalid_value'],
  ['far too deep', JSON.parse(`{"a":${'['.repeat(4_000)}${']'.repeat(4_000)}}`), 'invalid_value'],
  ['too long', { a: 'x'.repeat(4_096) }, 'invalid_value'],
  ['no name', { 'a b': 1 }, 'invalid_value'],
  ['a name that is too long', { ['a'.repeat(65)]: 1 }, 'invalid_value'],
  ['a number as name', { 1: 1 }, 'invalid_value'],
  ...['messages', 'tools', 'functions', 'add_generation_prompt', 'bos_token', 'eos_token'].map(
    (name): [string, unknown, string] => [name, { [name]: [] }, 'invalid_value'],
  ),
])('%s is refused', (_, value, code) => {
  expect(findTemplateVariablesProblem(value)).toMatchObject({ code, param: 'chat_template_kwargs' });
});
