/**
 * The upper bounds of the histograms of times in milliseconds; what takes longer is in one more bucket. Each is about one
 * and a half times the one before: a percentile between two of them is wrong by a fifth at most, and histograms add up.
 */
export const latencyBoundsMs = [
  ...([10, 16, 25, 40, 63, 100, 160, 250, 350, 500, 700, 1000] as const),
  ...([1600, 2500, 3500, 5000, 7000, 10_000, 14_000, 20_000, 30_000] as const),
  ...([45_000, 60_000, 90_000, 120_000, 240_000, 480_000, 960_000] as const),
] as const;

/** The few that reports show, and the only ones that hours of earlier versions have. */
export const coarseBoundsMs: readonly number[] = [
  100, 250, 500, 1000, 2500, 5000, 10_000, 20_000, 30_000, 60_000, 120_000,
];

/** The bucket of a time, 0 to 28. */
export function toLatencyBucket(timeMs: number): number {
  return findBucket(latencyBoundsMs, timeMs);
}

function findBucket(boundsMs: readonly number[], timeMs: number): number {
  const bucket = boundsMs.findIndex((boundMs) => timeMs <= boundMs);
  return bucket === -1 ? boundsMs.length : bucket;
}

/** The bucket that has all of a bucket of `latencyBoundsMs`; each of the bounds is one of these. */
export function toCoarseBucket(bucket: number, boundsMs: readonly number[]): number {
  return findBucket(boundsMs, latencyBoundsMs[bucket] ?? Number.POSITIVE_INFINITY);
}

/** A histogram with fewer buckets; each of its bounds is one of `latencyBoundsMs`. */
export function toCoarseHistogram(counts: readonly number[], boundsMs: readonly number[]): number[] {
  const coarse: number[] = Array.from({ length: boundsMs.length + 1 }, () => 0);
  for (const [bucket, count] of counts.entries()) {
    const into = toCoarseBucket(bucket, boundsMs);
    coarse[into] = (coarse[into] ?? 0) + count;
  }
  return coarse;
}
