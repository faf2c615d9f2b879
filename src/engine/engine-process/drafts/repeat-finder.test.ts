import { describe, expect, test } from 'vitest';
import { createRepeatFinder, matchTokensMax, type RepeatFinder } from './repeat-finder.ts';

function createFilled(tokens: readonly number[], capacity = 500): RepeatFinder {
  const finder = createRepeatFinder(capacity);
  for (const token of tokens) finder.append(token);
  return finder;
}

describe('what may come next', () => {
  test.each<[string, number[], number[], number]>([
    ['nothing where nothing repeats', [1, 2, 3, 4, 5, 6], [], 0],
    ['nothing where two tokens repeat', [1, 2, 3, 4, 1, 2], [], 0],
    ['what stood behind the last three', [1, 2, 3, 4, 5, 9, 1, 2, 3], [4, 5, 9, 1, 2, 3], 3],
    ['a text of one token goes on with it', [7, 7, 7, 7], [7, 7, 7, 7, 7, 7], 3],
    ['a repetition that has caught up with the end', [1, 2, 3, 1, 2, 3], [1, 2, 3, 1, 2, 3], 3],
    ['the longest match', [1, 2, 3, 4, 8, 0, 2, 3, 4, 9, 0, 1, 2, 3, 4], [8, 0, 2, 3, 4, 9], 4],
    ['of equal ones the first at first', [1, 2, 3, 8, 1, 2, 3, 9, 1, 2, 3], [8, 1, 2, 3, 9, 1], 3],
  ])('%s', (_, tokens, expected, matchTokens) => {
    const finder = createFilled(tokens);
    expect([...finder.continuation(6)]).toEqual(expected);
    expect(finder.next()).toBe(expected[0]);
    expect(finder.matchTokens).toBe(matchTokens);
  });

  test('it agrees with a search of the whole text', () => {
    let state = 1;
    const random = () => (state = (Math.imul(state, 48_271) >>> 0) % 0x7fff_ffff);
    const text: number[] = [];
    const finder = createRepeatFinder(600);
    for (let index = 0; index < 600; index++) {
      const isCopied = index > 50 && random() % 10 < 8;
      const token = isCopied ? (text[index - 37] ?? 0) : random() % 5;
      text.push(token);
      finder.append(token);
      const best = Math.max(...text.map((_, end) => (end === 0 ? 0 : countCommon(text, end))));
      // A long match is kept although a longer one may have begun elsewhere.
      if (finder.matchTokens < 8) expect(finder.matchTokens).toBeLessThanOrEqual(best);
      if (finder.matchTokens === 0) expect(best).toBeLessThan(3);
      if (finder.matchTokens > 0) expect(text.lastIndexOf(finder.next() ?? -1)).toBeGreaterThan(-1);
    }
  });
});

/** How many tokens before `end` are those before the end of the text. */
function countCommon(text: readonly number[], end: number): number {
  let count = 0;
  if (end === text.length) return 0;
  while (count < Math.min(end, matchTokensMax) && text[end - 1 - count] === text[text.length - 1 - count])
    count++;
  return count;
}

describe('an answer that repeats a text with changes', () => {
  const source = Array.from({ length: 60 }, (_, index) => 100 + (index % 20) + (index > 30 ? 50 : 0));

  test('it goes on near where it left', () => {
    // Three times the same twenty tokens; the answer is in the second of them when it differs.
    const repeated = [...source.slice(0, 20), 1, ...source.slice(0, 20), 2, ...source.slice(0, 20), 3];
    const finder = createFilled([...repeated, 5]);
    for (const token of [1, ...source.slice(0, 12)]) finder.append(token);
    expect(finder.matchTokens).toBe(13);
    for (const token of [9, ...source.slice(13, 20)]) finder.append(token);
    expect(finder.next()).toBe(2);
  });

  test('a match grows with each token, and ends with the first that differs', () => {
    const finder = createFilled([...source, 7]);
    const found = source.slice(0, 40).map((token) => {
      finder.append(token);
      return finder.matchTokens;
    });
    expect(found.slice(0, 5)).toEqual([0, 0, 3, 4, 5]);
    expect(found.at(-1)).toBe(matchTokensMax);
    finder.append(9);
    expect(finder.matchTokens).toBe(0);
    expect(finder.next()).toBeUndefined();
  });
});

describe('two texts', () => {
  test('what is expected is taken from its beginning, and ends at its border', () => {
    const finder = createFilled([1, 2, 3]);
    finder.appendBorder();
    for (const token of [8, 9]) finder.append(token);
    finder.expectStart(12);
    expect([...finder.continuation(10)]).toEqual([1, 2, 3]);
    expect(finder.matchTokens).toBe(12);
    for (const token of [1, 2, 3]) finder.append(token);
    expect(finder.next()).toBeUndefined();
    expect([...finder.continuation(10)]).toEqual([]);
  });

  test('no match goes over a border', () => {
    const finder = createFilled([1, 2]);
    finder.appendBorder();
    for (const token of [3, 9, 1, 2, 3]) finder.append(token);
    expect(finder.next()).toBeUndefined();
  });
});
