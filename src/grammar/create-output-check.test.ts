import { expect, test } from 'vitest';
import { createOutputCheck } from './create-output-check.ts';
import { UnsupportedSchemaError } from './unsupported-schema-error.ts';

test.each(['(a', 'a{2,1}', '(a)\\1'])('the pattern %s is refused', (pattern) => {
  const create = () => createOutputCheck({ kind: 'pattern', pattern });
  expect(create).toThrow(UnsupportedSchemaError);
  expect(create).toThrow(expect.objectContaining({ path: '' }));
});

test('a pattern that is not regular is refused with its place', () => {
  const schema = { properties: { a: { pattern: '^(a+)\\1$' } } };
  const create = () =>
    createOutputCheck({ kind: 'json-schema', name: 'x', description: undefined, schema, strict: true });
  expect(create).toThrow(expect.objectContaining({ path: 'properties.a.pattern' }));
});

test('a pattern matches the whole text', () => {
  const check = createOutputCheck({ kind: 'pattern', pattern: 'a|bc' });
  expect(check('bc')).toEqual([]);
  expect(check('abc')).not.toEqual([]);
});
