import { coarseBoundsMs, toCoarseHistogram } from '../../store/latency.ts';
import type { UsageTotals } from '../../store/usage-report-store.ts';
import { type TimeSummary, toTimeSummary } from './time-summary.ts';

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
    latency: toCoarseHistogram(durations, coarseBoundsMs).map((requests, bucket) => ({
      upToMs: coarseBoundsMs[bucket],
      requests,
    })),
  };
}
