// Which part of a time span the hourly sums answer, and which one the rows of the ledger.
import { hourMs, toHourStart } from '../../store/ledger-row.ts';
import type { TimeSpan, UsageQuestion } from '../../store/usage-report-store.ts';

export const dayMs = 24 * hourMs;

export interface UsagePart extends TimeSpan {
  readonly source: UsageQuestion['source'];
}

/**
 * Whole hours come from the sums, what is left at the ends from the ledger. An hour that is not over yet counts as whole:
 * nothing is in it after now.
 */
export function toUsageParts({ fromMs, toMs }: TimeSpan, nowMs: number): readonly UsagePart[] {
  if (fromMs >= toMs) return [];
  const firstHourMs = ceilHour(fromMs);
  const lastHourMs = toMs >= nowMs ? ceilHour(toMs) : toHourStart(toMs);
  if (firstHourMs >= lastHourMs) return [{ source: 'ledger', fromMs, toMs }];
  const parts: readonly UsagePart[] = [
    { source: 'ledger', fromMs, toMs: firstHourMs },
    { source: 'sums', fromMs: firstHourMs, toMs: lastHourMs },
    { source: 'ledger', fromMs: lastHourMs, toMs },
  ];
  return parts.filter((part) => part.fromMs < part.toMs);
}

/** A span that begins where rows are gone begins, or ends, with the whole hour: more can't be known any more. */
export function toKnownSpan({ fromMs, toMs }: TimeSpan, rowsKeptFromMs: number): TimeSpan {
  return {
    fromMs: fromMs < rowsKeptFromMs ? toHourStart(fromMs) : fromMs,
    toMs: toMs < rowsKeptFromMs ? ceilHour(toMs) : toMs,
  };
}

/** The buckets of this width in a span, the first and the last one cut at its ends. */
export function listBuckets({ fromMs, toMs }: TimeSpan, widthMs: number, bucketsMax: number): TimeSpan[] {
  const buckets: TimeSpan[] = [];
  let startMs = fromMs;
  while (startMs < toMs && buckets.length < bucketsMax) {
    const endMs = Math.min(toMs, Math.floor(startMs / widthMs) * widthMs + widthMs);
    buckets.push({ fromMs: startMs, toMs: endMs });
    startMs = endMs;
  }
  return buckets;
}

export function ceilHour(atMs: number): number {
  return Math.ceil(atMs / hourMs) * hourMs;
}
