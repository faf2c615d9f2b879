import { expect, test } from 'vitest';
import { toHourStart } from './ledger-row.ts';

test('an hour begins with its first millisecond', () => {
  expect([3_599_999, 3_600_000, 7_199_999].map(toHourStart)).toStrictEqual([0, 3_600_000, 3_600_000]);
});
