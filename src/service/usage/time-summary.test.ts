import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latencyBoundsMs, toLatencyBucket } from '../../store/latency.ts';
import { toTimeSummary } from './time-summary.ts';

function toHistogram(timesMs: readonly number[]): number[] {
  const counts = [...latencyBoundsMs, 0].map(() => 0);
  for (const timeMs of timesMs) counts[toLatencyBucket(timeMs)]! += 1;
  return counts;
}

test('nothing has no percentile', () => {
  expect(toTimeSummary(toHistogram([]))).toStrictEqual({
    requests: 0,
    p50Ms: undefined,
    p95Ms: undefined,
    p99Ms: undefined,
  });
});

test('times within a bucket are taken to be spread evenly', () => {
  const spread = Array.from({ length: 300 }, (_, index) => 701 + index);
  expect(toTimeSummary(toHistogram(spread))).toStrictEqual({
    requests: 300,
    p50Ms: 850,
    p95Ms: 985,
    p99Ms: 997,
  });
});

test('what is above the last bound has the last bound', () => {
  expect(toTimeSummary(toHistogram([10 ** 8])).p50Ms).toBe(960_000);
});

test('an estimate is in the bucket of the real percentile', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 900_000 }), { minLength: 1 }), (timesMs) => {
      const sorted = timesMs.toSorted((a, b) => a - b);
      const { p50Ms, p95Ms, p99Ms } = toTimeSummary(toHistogram(timesMs));
      const estimates = [
        [0.5, p50Ms],
        [0.95, p95Ms],
        [0.99, p99Ms],
      ] as const;
      for (const [part, estimateMs = -1] of estimates) {
        const real = sorted[Math.ceil(part * sorted.length) - 1]!;
        const bucket = toLatencyBucket(real);
        expect(estimateMs).toBeGreaterThanOrEqual(latencyBoundsMs[bucket - 1] ?? 0);
        expect(estimateMs).toBeLessThanOrEqual(latencyBoundsMs[bucket]!);
      }
    }),
  );
});
