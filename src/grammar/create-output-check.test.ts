import { expect, test } from 'vitest';
import { createOutputCheck } from './create-output-check.ts';
import { UnsupportedSchemaError } from './gbnf/unsupported-schema-error.ts';

test.each(['(a', 'a{2,1}', '(a)\\1'])('the pattern %s is refused', (pattern) => {
  const create = () => createOutputCheck({ kind: 'pattern', pattern });
  expect(create).toThrow(UnsupportedSchemaError);
  expect(create).toThrow(expect.objectContaining({ path: '' }));
});

test.each<[string, object, string, string]>([
  ['one', { pattern: '^(a+)\\1$' }, 'pattern', 'A back-reference is not supported'],
  ['one that is no pattern', { pattern: '(' }, 'pattern', 'Invalid regular expression'],
  [
    'one of names',
    { patternProperties: { 'a++': true } },
    'patternProperties.a++',
    'A possessive quantifier',
  ],
])('a pattern that is not regular is refused with its place: %s', (_, a, keyword, reason) => {
  const schema = { properties: { a } };
  const create = () =>
    createOutputCheck({ kind: 'json-schema', name: 'x', description: undefined, schema, strict: true });
  const path = `properties.a.${keyword}`;
  expect(create).toThrow(expect.objectContaining({ path }));
  expect(create).toThrow(`The keyword '${path}' can't be enforced: ${reason}`);
});

test('a pattern matches the whole text', () => {
  const check = createOutputCheck({ kind: 'pattern', pattern: 'a|bc' });
  expect(check('bc')).toEqual([]);
  expect(check('abc')).not.toEqual([]);
});
