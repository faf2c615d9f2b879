import { latencyBoundsMs } from '../../store/latency.ts';

/** Estimated from a histogram: within a bucket, times are taken to be spread evenly. */
export interface TimeSummary {
  /** That have such a time. */
  readonly requests: number;
  /** In whole milliseconds; undefined where there are no requests. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly p99Ms: number | undefined;
}

/** @param counts requests by their time, as `latencyBoundsMs` divides it */
export function toTimeSummary(counts: readonly number[]): TimeSummary {
  const requests = counts.reduce((sum, count) => sum + count, 0);
  const at = (part: number) => (requests === 0 ? undefined : toPercentileMs(counts, part * requests));
  return { requests, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}

/** The time that so many requests do not pass. Of what is above the last bound only that is known. */
function toPercentileMs(counts: readonly number[], rank: number): number {
  let below = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const lowerMs = latencyBoundsMs[bucket - 1] ?? 0;
      const upperMs = latencyBoundsMs[bucket] ?? lowerMs;
      return Math.round(lowerMs + ((upperMs - lowerMs) * (rank - below)) / count);
    }
    below += count;
  }
  return latencyBoundsMs.at(-1) ?? 0;
}
