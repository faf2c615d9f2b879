import { expect, test } from 'vitest';
import { createWordSearch, toSearchWords } from './search-words.ts';

test.each([
  ['queue length', true],
  ['  LENGTH   queue ', true],
  ['', true],
  ['queue lengths', false],
])('“%s” is found: %s', (query, expected) => {
  expect(createWordSearch(query)('The Length of a queue')).toBe(expected);
});

test('words are in small letters, without what is between them', () => {
  expect(toSearchWords(' One\n two ')).toEqual(['one', 'two']);
});
