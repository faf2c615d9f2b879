import { expect, test } from 'vitest';
import { callCharactersMin, callCharactersMost, toCallCharactersMax } from './to-call-characters-max.ts';

test.each([
  ['few tokens', 1, 8_192, 720],
  ['the tokens that the least is of', 1_024, 8_192, 720],
  ['one less than twice as many', 2_047, 8_192, 720],
  ['twice as many', 2_048, 8_192, 1_440],
  ['four times as many', 4_096, 8_192, 2_880],
  ['more than half of the context', 8_192, 8_192, 2_880],
  ['no number of tokens: half of the context', undefined, 8_192, 2_880],
  ['a small context', undefined, 1_024, 720],
  ['a context that nobody knows', 4_096, undefined, 2_880],
  ['nothing that is known', undefined, undefined, 720],
  ['more than anybody writes', 10_000_000, 20_000_000, callCharactersMost],
])('%s', (_, maxTokens, contextLength, expected) => {
  expect(toCallCharactersMax(maxTokens, contextLength)).toBe(expected);
});

test('there are few of them, so that few grammars of one tool are kept', () => {
  const all = new Set<number>();
  for (let tokens = 0; tokens < 300_000; tokens += 100) all.add(toCallCharactersMax(tokens, undefined));
  expect(all.size).toBe(8);
  expect(Math.min(...all)).toBe(callCharactersMin);
  expect(Math.max(...all)).toBe(callCharactersMost);
});
