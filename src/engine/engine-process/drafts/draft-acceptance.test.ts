import { describe, expect, test } from 'vitest';
import { createDraftAcceptance, expectTokens } from './draft-acceptance.ts';

describe('the rate', () => {
  test('a longer match is trusted more from the beginning', () => {
    const { rate } = createDraftAcceptance();
    const rates = [3, 6, 12, 20, 32].map(rate);
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
    expect(rates.every((one) => one > 0 && one < 1)).toBe(true);
  });

  test('it follows what comes, for matches of that length alone', () => {
    const acceptance = createDraftAcceptance();
    for (let token = 0; token < 8; token++) acceptance.record(3, false);
    expect(acceptance.rate(3)).toBeLessThan(0.15);
    expect(acceptance.rate(20)).toBeGreaterThan(0.9);
    for (let token = 0; token < 30; token++) acceptance.record(3, true);
    expect(acceptance.rate(3)).toBeGreaterThan(0.85);
  });
});

describe('the expected tokens', () => {
  test.each([
    [0, 1],
    [1, 1.5],
    [3, 1.875],
  ])('of a draft of %s tokens that are right half of the time', (draftTokens, expected) => {
    expect(expectTokens({ rate: () => 0.5 }, 3, draftTokens)).toBe(expected);
  });

  test('each token of a draft is behind a longer match', () => {
    expect(expectTokens({ rate: (matchTokens) => (matchTokens > 4 ? 1 : 0.5) }, 4, 3)).toBe(2.5);
  });
});
