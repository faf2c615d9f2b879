import { expect, test } from 'vitest';
import { latencyBoundsMs, toCoarseHistogram, toLatencyBucket } from './latency.ts';
import { durationColumns, firstTokenColumns } from './sql/usage-tables.ts';

test('a time is in the first bucket whose bound it does not pass', () => {
  expect([0, 10, 11, 100, 101, 960_000, 960_001, 10 ** 9].map(toLatencyBucket)).toStrictEqual([
    0, 0, 1, 5, 6, 27, 28, 28,
  ]);
});

test('there is a column for each bucket', () => {
  expect(durationColumns).toHaveLength(latencyBoundsMs.length + 1);
  expect(firstTokenColumns).toHaveLength(latencyBoundsMs.length + 1);
});

test('a coarse histogram has the same requests in fewer buckets', () => {
  const counts = [...latencyBoundsMs, 10 ** 7].map((_, bucket) => 2 ** bucket);
  const coarse = toCoarseHistogram(counts, [100, 120_000]);
  expect(coarse).toStrictEqual([2 ** 6 - 1, 2 ** 25 - 2 ** 6, 2 ** 29 - 2 ** 25]);
});
