import { expect, test } from 'vitest';
import { createOutputCheck } from './create-output-check.ts';
import { UnsupportedSchemaError } from './unsupported-schema-error.ts';

test.each([
  ['(a', 'The pattern is no regular expression: Unterminated group.'],
  ['a{2,1}', 'The pattern is no regular expression: numbers out of order in {} quantifier.'],
])('the pattern %s is refused in its own words', (pattern, message) => {
  const create = () => createOutputCheck({ kind: 'pattern', pattern });
  expect(create).toThrow(new UnsupportedSchemaError('', message));
  expect(create).toThrow(expect.objectContaining({ path: '' }));
});

test('a pattern matches the whole text', () => {
  const check = createOutputCheck({ kind: 'pattern', pattern: 'a|bc' });
  expect(check('bc')).toEqual([]);
  expect(check('abc')).not.toEqual([]);
});
