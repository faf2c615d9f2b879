// What keys and projects used, from the sums of each hour and, where that is too coarse, from the rows of the ledger.
import { hourMs, type LedgerRow, latencyBoundsMs } from '../../store/ledger-row.ts';
import {
  addTotals,
  type LedgerPosition,
  type TimeSpan,
  type UsageDifference,
  type UsageDimension,
  type UsageFilter,
  type UsageGroup,
  type UsageGroupSum,
  type UsageReportStore,
  type UsageTotals,
} from '../../store/usage-report-store.ts';
import { ServiceError } from '../service-error.ts';
import { ceilHour, dayMs, listBuckets, toKnownSpan, toUsageParts } from './usage-span.ts';

export type { LedgerRow } from '../../store/ledger-row.ts';
export type {
  UsageDifference,
  UsageDimension,
  UsageFilter,
  UsageGroup,
  UsageTotals,
} from '../../store/usage-report-store.ts';

/** Buckets times groups in one answer. */
export const reportGroupsMax = 20_000;
/** Rows that an export reads at a time. */
export const exportPageRows = 500;
/** Differences that `reconcile` names. */
export const differencesMax = 100;

export const bucketWidthsMs = { minute: 60_000, hour: hourMs, day: dayMs } as const;

export type BucketWidth = keyof typeof bucketWidthsMs;

export interface UsageQuery extends TimeSpan {
  readonly groupBy: readonly UsageDimension[];
  readonly filter: UsageFilter;
}

export interface BucketQuery extends UsageQuery {
  readonly width: BucketWidth;
  readonly bucketsMax: number;
}

export interface GroupUsage {
  readonly group: UsageGroup;
  readonly totals: UsageTotals;
}

export interface UsageBucket extends TimeSpan {
  readonly groups: readonly GroupUsage[];
}

export interface UsageReport {
  /** Every bucket of the time span, empty ones too, oldest first. */
  readonly buckets: readonly UsageBucket[];
  /** Where the next page begins; undefined: this was the last one. */
  readonly nextMs: number | undefined;
}

export interface UsageReports {
  /** Upper bounds of the latency buckets, one less than there are buckets. */
  readonly latencyBoundsMs: readonly number[];
  /** @throws ServiceError `report_refused` where it would be too large, or asks for minutes of which no rows are kept. */
  report(query: BucketQuery): Promise<UsageReport>;
  /** All of the span together, largest first. */
  total(query: UsageQuery): Promise<readonly GroupUsage[]>;
  /** Rows of the ledger by the end of their requests, page by page. */
  exportRows(query: Omit<UsageQuery, 'groupBy'>): AsyncIterable<readonly LedgerRow[]>;
  /** What does not agree: the ledger with its sums in whole hours of the span, and what was reserved with both. */
  reconcile(span: TimeSpan): Promise<readonly UsageDifference[]>;
  /** The first whole hour of which all rows are kept. */
  rowsKeptFromMs(): number;
}

export interface UsageReportsOptions {
  readonly store: UsageReportStore;
  /** Days for which rows of the ledger are kept. */
  readonly usageRetentionDays: number;
  /** The models that names of the operator stand for. None by default. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly now: () => number;
}

export function createUsageReports(options: UsageReportsOptions): UsageReports {
  const { store, usageRetentionDays, now, aliases = {} } = options;
  const rowsKeptFromMs = () => ceilHour(now() - usageRetentionDays * dayMs);
  const sum = async (query: UsageQuery & { readonly widthMs: number | undefined }) => {
    const { groupBy, widthMs: bucketMs } = query;
    const filter = withAllNames(query.filter, aliases);
    const parts =
      bucketMs === bucketWidthsMs.minute
        ? [{ source: 'ledger' as const, fromMs: query.fromMs, toMs: query.toMs }]
        : toUsageParts(query, now());
    const sums: UsageGroupSum[] = [];
    for (const part of parts) {
      const found = await store.sumUsage({ ...part, bucketMs, groupBy, filter, groupsMax: reportGroupsMax });
      if (found === 'too-many') throw createTooManyGroupsError();
      sums.push(...found);
    }
    return sums;
  };
  return {
    latencyBoundsMs,
    rowsKeptFromMs,

    async report(query) {
      const widthMs = bucketWidthsMs[query.width];
      if (query.width === 'minute' && query.fromMs < rowsKeptFromMs())
        throw createNoMinutesError(rowsKeptFromMs());
      const span = toKnownSpan(query, rowsKeptFromMs());
      const buckets = listBuckets(span, widthMs, query.bucketsMax);
      const endMs = buckets.at(-1)?.toMs ?? span.toMs;
      const sums = mergeSums(await sum({ ...query, ...span, toMs: endMs, widthMs }));
      return {
        buckets: buckets.map((bucket) => ({
          ...bucket,
          groups: sums.get(Math.floor(bucket.fromMs / widthMs) * widthMs) ?? [],
        })),
        nextMs: endMs < span.toMs ? endMs : undefined,
      };
    },

    async total(query) {
      const sums = await sum({ ...query, ...toKnownSpan(query, rowsKeptFromMs()), widthMs: undefined });
      const groups = [...(mergeSums(sums).get(0) ?? [])];
      return groups.sort((a, b) => toTokens(b) - toTokens(a) || b.totals.requests - a.totals.requests);
    },

    async *exportRows(query) {
      const filter = withAllNames(query.filter, aliases);
      let after: LedgerPosition | undefined;
      do {
        const page = await store.listLedgerRows({ ...query, filter, after, limit: exportPageRows });
        if (page.rows.length > 0) yield page.rows;
        after = page.next;
      } while (after !== undefined);
    },

    async reconcile({ fromMs, toMs }) {
      const differences: UsageDifference[] = [];
      // Day by day, so that no statement reads for long.
      for (let startMs = ceilHour(fromMs); startMs < toMs; startMs += dayMs) {
        const limit = differencesMax - differences.length;
        if (limit <= 0) return differences;
        const day = { fromMs: startMs, toMs: Math.min(startMs + dayMs, ceilHour(toMs)) };
        differences.push(...(await store.findSumDifferences({ ...day, limit })));
      }
      differences.push(...(await store.findReservationDifferences(differencesMax)));
      return differences.slice(0, differencesMax);
    },
  };
}

/** Rows have the name that was asked for. A name in a filter stands for all names of its model. */
function withAllNames(filter: UsageFilter, aliases: Readonly<Record<string, string>>): UsageFilter {
  if (filter.model === undefined) return filter;
  const toTarget = (name: string) => (Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name);
  const targets = new Set(filter.model.map(toTarget));
  const others = Object.keys(aliases).filter((name) => targets.has(toTarget(name)));
  return { ...filter, model: [...new Set([...filter.model, ...targets, ...others])] };
}

function toTokens({ totals }: GroupUsage): number {
  return totals.promptTokens + totals.completionTokens;
}

/** A bucket may have parts from the sums and from the ledger: its groups, in the order of their names. */
function mergeSums(sums: readonly UsageGroupSum[]): ReadonlyMap<number, readonly GroupUsage[]> {
  const buckets = new Map<number, Map<string, GroupUsage>>();
  for (const { bucketStartMs, group, totals } of sums) {
    const groups = buckets.get(bucketStartMs) ?? new Map<string, GroupUsage>();
    buckets.set(bucketStartMs, groups);
    const key = JSON.stringify(Object.values(group));
    const before = groups.get(key);
    groups.set(
      key,
      before === undefined ? { group, totals } : { group, totals: addTotals(before.totals, totals) },
    );
  }
  return new Map(
    [...buckets].map(([startMs, groups]) => [
      startMs,
      [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group),
    ]),
  );
}

function createTooManyGroupsError(): ServiceError {
  return new ServiceError(
    'report_refused',
    `The report has more than ${reportGroupsMax} results. Ask for fewer buckets, fewer groups, or fewer keys.`,
  );
}

function createNoMinutesError(keptFromMs: number): ServiceError {
  const since = new Date(keptFromMs).toISOString();
  return new ServiceError(
    'report_refused',
    `Single minutes are known from ${since} on. Before that, ask for hours or days.`,
  );
}
