import { expect, test } from 'vitest';
import { expectWithin } from '../../../test/expect-within.ts';
import { mayUseModel } from './key-identity.ts';

test.each([
  ['a', 'a', true],
  ['a', 'ab', false],
  ['*', '', true],
  ['*', 'anything:at/all', true],
  ['a*', 'a', true],
  ['a*', 'ba', false],
  ['*b', 'ab', true],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['a*b*c', 'a-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['a*bc*c', 'abc', false],
  ['a**c', 'abc', true],
  ['.*', 'a', false],
  ['A*', 'a', false],
])('the pattern %s and the model %s: %s', (pattern, name, isMatch) => {
  expect(mayUseModel({ models: ['other', pattern] }, ['elsewhere', name])).toBe(isMatch);
});

test('many stars take no time', async () => {
  const models = Array.from({ length: 100 }, () => `${'*a'.repeat(127)}*b`);
  await expectWithin(100, () => {
    expect(mayUseModel({ models }, ['a'.repeat(256)])).toBe(false);
  });
});
