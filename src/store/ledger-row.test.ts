import { expect, test } from 'vitest';
import { latencyBoundsMs, toHourStart, toLatencyBucket } from './ledger-row.ts';
import { latencyColumns } from './sql/usage-tables.ts';

test('a latency is in the first bucket whose bound it does not pass', () => {
  expect([0, 100, 101, 250, 120_000, 120_001, 10 ** 9].map(toLatencyBucket)).toStrictEqual([
    0, 0, 1, 1, 10, 11, 11,
  ]);
});

test('there is a column for each bucket', () => {
  expect(latencyColumns).toHaveLength(latencyBoundsMs.length + 1);
});

test('an hour begins with its first millisecond', () => {
  expect([3_599_999, 3_600_000, 7_199_999].map(toHourStart)).toStrictEqual([0, 3_600_000, 3_600_000]);
});
