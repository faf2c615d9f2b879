import {
  addTotals,
  type UsageDimension,
  type UsageGroup,
  type UsageGroupSum,
  type UsageTotals,
} from '../../store/usage-report-store.ts';

export interface GroupUsage {
  readonly group: UsageGroup;
  readonly totals: UsageTotals;
  /** Requests by their outcome; the empty name: of an earlier version. Empty where outcomes were not asked for. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/**
 * The groups of each bucket, in the order of their names. A bucket may have parts from the sums and from the ledger, and a
 * sum for each outcome.
 */
export function mergeSums(
  sums: readonly UsageGroupSum[],
  groupBy: readonly UsageDimension[],
): ReadonlyMap<number, readonly GroupUsage[]> {
  const buckets = new Map<number, Map<string, GroupUsage>>();
  for (const sum of sums) {
    const groups = buckets.get(sum.bucketStartMs) ?? new Map<string, GroupUsage>();
    buckets.set(sum.bucketStartMs, groups);
    const key = JSON.stringify(groupBy.map((dimension) => sum.group[dimension]));
    groups.set(key, mergeSum(groups.get(key), sum, groupBy));
  }
  return new Map(
    [...buckets].map(([startMs, groups]) => [
      startMs,
      [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group),
    ]),
  );
}

function mergeSum(
  before: GroupUsage | undefined,
  { group, totals }: UsageGroupSum,
  groupBy: readonly UsageDimension[],
): GroupUsage {
  const { outcome } = group;
  const outcomes =
    outcome === undefined || totals.requests === 0
      ? before?.outcomes
      : { ...before?.outcomes, [outcome]: (before?.outcomes[outcome] ?? 0) + totals.requests };
  return {
    group: Object.fromEntries(groupBy.map((dimension) => [dimension, group[dimension]])),
    totals: before === undefined ? totals : addTotals(before.totals, totals),
    outcomes: outcomes ?? {},
  };
}
