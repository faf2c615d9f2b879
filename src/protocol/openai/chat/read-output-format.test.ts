import { describe, expect, test } from 'vitest';
import { processorMsOf } from '../../../../test/processor-ms-of.ts';
import { RequestError } from '../shared/error.ts';
import { parseChatCompletionRequest } from './parse-chat-completion-request.ts';
import { choiceCharactersMax, choicesMax, patternCharactersMax } from './response-format.ts';

const least = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };
/** Its own order is the answer's order, and names that objects have by nature are names like any other. */
const schemaText =
  '{"type":"object","properties":{"b":{"type":"string"},"a":{},"__proto__":{"type":"null"}},"x-own":1}';
const schema = JSON.parse(schemaText);

function read(fields: object) {
  return parseChatCompletionRequest({ ...least, ...fields }, { strict: true }).requestedFormat;
}

function refusalOf(fields: object): RequestError {
  try {
    read(fields);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error('The body was accepted.');
}

function named(more: object) {
  return { response_format: { type: 'json_schema', json_schema: { name: 'person', schema, ...more } } };
}

const strictSchema = {
  kind: 'json-schema',
  name: 'response',
  description: undefined,
  schema,
  strict: true,
};
const looseSchema = { ...strictSchema, name: 'person', strict: false };
const pattern = { kind: 'pattern', pattern: '[ab]+' };
const choice = { kind: 'choice', choices: ['yes', 'no'] };
const grammar = { kind: 'grammar', grammar: 'root ::= "a"' };
const jsonObject = { kind: 'json-object' };

describe('every spelling is one format, and its param says where it stands', () => {
  const path = 'response_format.json_schema.schema';
  test.each<[object, object, string]>([
    [named({}), looseSchema, path],
    [named({ strict: null, description: null }), looseSchema, path],
    [named({ strict: false }), looseSchema, path],
    [
      named({ strict: true, description: 'One.' }),
      { ...looseSchema, strict: true, description: 'One.' },
      path,
    ],
    [{ response_format: { type: 'json_schema', schema } }, strictSchema, 'response_format.schema'],
    [{ response_format: { type: 'json_object', schema } }, strictSchema, 'response_format.schema'],
    [{ response_format: { type: 'json_object' } }, jsonObject, 'response_format'],
    [{ response_format: { type: 'json_object', schema: null } }, jsonObject, 'response_format'],
    [{ response_format: { type: 'regex', regex: '[ab]+' } }, pattern, 'response_format.regex'],
    [{ response_format: { type: 'regex', pattern: '[ab]+' } }, pattern, 'response_format.pattern'],
    [{ response_format: { type: 'grammar', grammar: grammar.grammar } }, grammar, 'response_format.grammar'],
    [{ response_format: { type: 'choice', choice: ['yes', 'no'] } }, choice, 'response_format.choice'],
    [{ response_format: { type: 'choice', choices: ['yes', 'no'] } }, choice, 'response_format.choices'],
    [{ structured_outputs: { json: schema } }, strictSchema, 'structured_outputs.json'],
    [{ structured_outputs: { json: schemaText, regex: null } }, strictSchema, 'structured_outputs.json'],
    [{ structured_outputs: { regex: '[ab]+', json_object: false } }, pattern, 'structured_outputs.regex'],
    [{ structured_outputs: { choice: ['yes', 'no'] } }, choice, 'structured_outputs.choice'],
    [{ structured_outputs: { grammar: grammar.grammar } }, grammar, 'structured_outputs.grammar'],
    [
      { structured_outputs: { json_object: true, disable_any_whitespace: false } },
      jsonObject,
      'structured_outputs.json_object',
    ],
    [{ guided_json: schema }, strictSchema, 'guided_json'],
    [{ guided_json: schemaText }, strictSchema, 'guided_json'],
    [{ guided_regex: '[ab]+' }, pattern, 'guided_regex'],
    [{ guided_choice: ['yes', 'no'] }, choice, 'guided_choice'],
    [{ guided_grammar: grammar.grammar }, grammar, 'guided_grammar'],
    [{ json_schema: schema }, strictSchema, 'json_schema'],
    [{ grammar: grammar.grammar }, grammar, 'grammar'],
    [{ response_format: { type: 'text' }, guided_regex: '[ab]+' }, pattern, 'guided_regex'],
    [{ response_format: null, guided_json: null, grammar: grammar.grammar }, grammar, 'grammar'],
  ])('%j', (fields, format, param) => {
    expect(read(fields)).toEqual({ format, param });
  });

  test.each([{}, { response_format: null }, { response_format: { type: 'text' } }, { grammar: null }])(
    '%j is free text',
    (fields) => {
      expect(read(fields)).toBeUndefined();
    },
  );

  test('a schema passes untouched: itself, with its order and with every name', () => {
    expect(read(named({}))?.format).toHaveProperty('schema', schema);
    const reading = read(named({}))?.format;
    if (reading?.kind !== 'json-schema') throw new Error('It is no schema.');
    expect(reading.schema).toBe(schema);
    expect(JSON.stringify(reading.schema)).toBe(schemaText);
  });

  test('a large schema costs next to nothing', () => {
    const properties = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`p${index}`, {}]));
    const large = named({ schema: { properties } });
    const bestMs = Math.min(...Array.from({ length: 5 }, () => processorMsOf(() => read(large))));
    expect(bestMs).toBeLessThan(5);
  });
});

describe('refuses', () => {
  const format = (more: object) => ({ response_format: more });
  test.each<[object, string, string]>([
    [format([]), 'invalid_type', 'response_format'],
    [{ response_format: 'json_object' }, 'invalid_type', 'response_format'],
    [format({}), 'missing_required_parameter', 'response_format.type'],
    [format({ type: 'xml' }), 'unsupported_value', 'response_format.type'],
    [format({ type: 'structural_tag' }), 'unsupported_value', 'response_format.type'],
    [format({ type: 'json_object', schema: 'a' }), 'invalid_type', 'response_format.schema'],
    [format({ type: 'json_schema' }), 'missing_required_parameter', 'response_format.json_schema'],
    [
      format({ type: 'json_schema', json_schema: { name: 'a' } }),
      'missing_required_parameter',
      'response_format.json_schema.schema',
    ],
    [named({ schema: null }), 'invalid_type', 'response_format.json_schema.schema'],
    [named({ schema: schemaText }), 'invalid_type', 'response_format.json_schema.schema'],
    [named({ schema: [] }), 'invalid_type', 'response_format.json_schema.schema'],
    [named({ name: undefined }), 'missing_required_parameter', 'response_format.json_schema.name'],
    [named({ name: '' }), 'invalid_value', 'response_format.json_schema.name'],
    [named({ name: 'a b' }), 'invalid_value', 'response_format.json_schema.name'],
    [named({ name: 'a'.repeat(65) }), 'invalid_value', 'response_format.json_schema.name'],
    [named({ strict: 'yes' }), 'invalid_type', 'response_format.json_schema.strict'],
    [named({ description: 4 }), 'invalid_type', 'response_format.json_schema.description'],
    [
      format({ type: 'json_schema', json_schema: { name: 'a', schema }, schema }),
      'invalid_value',
      'response_format.schema',
    ],
    [format({ type: 'regex' }), 'missing_required_parameter', 'response_format.regex'],
    [format({ type: 'regex', regex: '' }), 'empty_string', 'response_format.regex'],
    [format({ type: 'regex', regex: 'a', pattern: 'a' }), 'invalid_value', 'response_format.pattern'],
    [format({ type: 'grammar' }), 'missing_required_parameter', 'response_format.grammar'],
    [format({ type: 'choice' }), 'missing_required_parameter', 'response_format.choice'],
    [format({ type: 'choice', choice: [] }), 'empty_array', 'response_format.choice'],
    [format({ type: 'choice', choices: ['a', 1] }), 'invalid_type', 'response_format.choices[1]'],
    [{ structured_outputs: {} }, 'invalid_value', 'structured_outputs'],
    [{ structured_outputs: { json_object: false } }, 'invalid_value', 'structured_outputs'],
    [{ structured_outputs: 'json' }, 'invalid_type', 'structured_outputs'],
    [{ structured_outputs: { json: '{' } }, 'invalid_value', 'structured_outputs.json'],
    [{ structured_outputs: { json: '[]' } }, 'invalid_type', 'structured_outputs.json'],
    [{ structured_outputs: { json: 4 } }, 'invalid_type', 'structured_outputs.json'],
    [{ structured_outputs: { json: schema, regex: 'a' } }, 'invalid_value', 'structured_outputs.regex'],
    [
      { structured_outputs: { json: schema, whitespace_pattern: ' ' } },
      'unsupported_parameter',
      'structured_outputs.whitespace_pattern',
    ],
    [
      { structured_outputs: { json: schema, disable_any_whitespace: true } },
      'unsupported_parameter',
      'structured_outputs.disable_any_whitespace',
    ],
    [{ guided_json: 4 }, 'invalid_type', 'guided_json'],
    [{ guided_json: 'null' }, 'invalid_type', 'guided_json'],
    [{ guided_json: '{"a"' }, 'invalid_value', 'guided_json'],
    [{ guided_regex: 4 }, 'invalid_type', 'guided_regex'],
    [{ guided_regex: 'a'.repeat(patternCharactersMax + 1) }, 'string_above_max_length', 'guided_regex'],
    [{ guided_choice: Array(choicesMax + 1).fill('a') }, 'array_above_max_length', 'guided_choice'],
    [{ guided_choice: ['a'.repeat(choiceCharactersMax + 1)] }, 'string_above_max_length', 'guided_choice[0]'],
    [{ guided_choice: [''] }, 'empty_string', 'guided_choice[0]'],
    [{ guided_grammar: {} }, 'invalid_type', 'guided_grammar'],
    [{ json_schema: 'a' }, 'invalid_value', 'json_schema'],
    [{ json_schema: 4 }, 'invalid_type', 'json_schema'],
    [{ regex: 4 }, 'invalid_type', 'regex'],
    [{ ebnf: {} }, 'invalid_type', 'ebnf'],
    [{ regex: 'a', json_schema: schema }, 'invalid_value', 'regex'],
    [{ ...named({}), guided_json: schema }, 'invalid_value', 'guided_json'],
    [{ guided_json: schema, json_schema: schema }, 'invalid_value', 'json_schema'],
    [{ ...format({ type: 'json_object' }), grammar: 'root ::= "a"' }, 'invalid_value', 'grammar'],
    [{ structured_outputs: { regex: 'a' }, guided_regex: 'a' }, 'invalid_value', 'guided_regex'],
  ])('%j', (fields, code, param) => {
    expect(refusalOf(fields)).toMatchObject({ code, param, type: 'invalid_request_error' });
  });

  test.each<[object, string]>([
    [
      { guided_json: schema, grammar: 'root ::= "a"' },
      "Invalid value for 'grammar': it asks for the form of the answer, as 'guided_json' does. Send one of them.",
    ],
    [
      named({ name: 'a b' }),
      "Invalid 'response_format.json_schema.name': string does not match pattern. Expected a string that matches the pattern '/^[a-zA-Z0-9_-]{1,64}$/'.",
    ],
    [
      { structured_outputs: {} },
      "Invalid value for 'structured_outputs': it names no form. Send one of json, regex, choice, grammar or json_object.",
    ],
  ])('%j with a sentence that says what is allowed', (fields, message) => {
    expect(refusalOf(fields).message).toBe(message);
  });
});

test.each<[object, string[]]>([
  [{ response_format: { type: 'text', strict: true } }, ['response_format.strict']],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'a', schema, colour: 1 }, mood: 1 } },
    ['response_format.mood', 'response_format.json_schema.colour'],
  ],
  [{ structured_outputs: { regex: 'a', backend: 'x' } }, ['structured_outputs.backend']],
])('%j has fields that change nothing, and they are named', (fields, names) => {
  expect(parseChatCompletionRequest({ ...least, ...fields }, { strict: false }).ignoredParameters).toEqual(
    names,
  );
  expect(refusalOf(fields)).toMatchObject({ code: 'unsupported_parameter', param: names[0] });
});
