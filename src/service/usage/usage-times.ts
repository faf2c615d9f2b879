import { toCoarseHistogram } from '../../store/latency.ts';
import type { UsageTotals } from '../../store/usage-report-store.ts';
import { type TimeSummary, toTimeSummary } from './time-summary.ts';

/** Bounds of the shown buckets in milliseconds; each is one of the histogram. */
const shownBoundsMs = [100, 250, 500, 1000, 2500, 5000, 10_000, 20_000, 30_000, 60_000, 120_000];

export interface UsageTimes {
  readonly duration: TimeSummary;
  readonly firstToken: TimeSummary;
  /** Requests by their whole time. The last bucket has no bound. */
  readonly latency: readonly { readonly upToMs: number | undefined; readonly requests: number }[];
}

/** What the histograms say that a detailed report has. */
export function toUsageTimes({ totals }: { readonly totals: UsageTotals }): UsageTimes {
  const { durations, firstTokens } = totals;
  return {
    duration: toTimeSummary(durations),
    firstToken: toTimeSummary(firstTokens),
    latency: toCoarseHistogram(durations, shownBoundsMs).map((requests, bucket) => ({
      upToMs: shownBoundsMs[bucket],
      requests,
    })),
  };
}
