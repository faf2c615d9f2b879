import { expect, test } from 'vitest';
import { listPassedLimits } from './soft-limit.ts';

const none = { amountNano: 0, tokens: 0 };

test.each([
  ['below', { tokens: 100 }, { spentTokens: 79 }, none, {}],
  ['at the soft limit', { tokens: 100 }, { spentTokens: 80 }, none, { tokens: 100 }],
  [
    'above, of both',
    { tokens: 100, amountNano: 10 },
    { spentTokens: 99, spentNano: 7 },
    none,
    { tokens: 100 },
  ],
  ['of money', { amountNano: 10 }, { spentNano: 8 }, none, { amountNano: 10 }],
  ['a part that is not limited', {}, { spentTokens: 99, spentNano: 99 }, none, {}],
  ['reported before', { tokens: 100 }, { spentTokens: 90 }, { ...none, tokens: 100 }, {}],
  ['a limit that fell', { tokens: 50 }, { spentTokens: 90 }, { ...none, tokens: 100 }, {}],
  ['a raised limit, not passed', { tokens: 200 }, { spentTokens: 159 }, { ...none, tokens: 100 }, {}],
  ['a raised limit', { tokens: 200 }, { spentTokens: 160 }, { ...none, tokens: 100 }, { tokens: 200 }],
  // In numbers, both sides would be 720,000,000,000,000,000.
  ['one billionth below', { amountNano: 9e15 }, { spentNano: 7_199_999_999_999_999 }, none, {}],
  ['just there', { amountNano: 9e15 }, { spentNano: 7_200_000_000_000_000 }, none, { amountNano: 9e15 }],
])('%s', (_title, limits, spent, noticed, passed) => {
  expect(listPassedLimits(limits, { spentNano: 0, spentTokens: 0, ...spent, noticed }, 80)).toStrictEqual(
    passed,
  );
});
