// What keys and projects used, from the sums of each hour and, where that is too coarse, from the rows of the ledger.
import { hourMs, type LedgerRow } from '../../store/ledger-row.ts';
import type {
  LedgerPosition,
  TimeSpan,
  UsageDifference,
  UsageDimension,
  UsageFilter,
  UsageGroupSum,
  UsageReportStore,
} from '../../store/usage-report-store.ts';
import { ServiceError } from '../service-error.ts';
import { type GroupUsage, mergeSums } from './group-usage.ts';
import { ceilHour, dayMs, listBuckets, toKnownSpan, toUsageParts } from './usage-span.ts';
import { withAllNames } from './with-all-names.ts';

export type { LedgerRow } from '../../store/ledger-row.ts';
export type {
  UsageDifference,
  UsageDimension,
  UsageFilter,
  UsageGroup,
  UsageTotals,
} from '../../store/usage-report-store.ts';
export type { GroupUsage } from './group-usage.ts';

/** Buckets times groups in one answer. */
export const reportGroupsMax = 20_000;
/** Outcomes that a group may have, the unknown one and refusals among them. */
const outcomesMax = 8;
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
  /** With outcomes and times. */
  readonly isDetailed: boolean;
}

export interface UsageBucket extends TimeSpan {
  readonly groups: readonly GroupUsage[];
}

export interface RowsQuery extends Omit<UsageQuery, 'groupBy'> {
  readonly after: LedgerPosition | undefined;
  /** `desc`: newest first. */
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

export interface RowsPage {
  readonly rows: readonly { readonly row: LedgerRow; readonly position: LedgerPosition }[];
  /** The position of the last row; undefined: no row is behind it. */
  readonly next: LedgerPosition | undefined;
}

export interface UsageReport {
  /** Every bucket of the time span, empty ones too, oldest first. */
  readonly buckets: readonly UsageBucket[];
  /** Where the next page begins; undefined: this was the last one. */
  readonly nextMs: number | undefined;
}

export interface UsageReports {
  /** @throws ServiceError `report_refused` where it would be too large, or asks for minutes of which no rows are kept. */
  report(query: BucketQuery): Promise<UsageReport>;
  /** All of the span together, largest first. */
  total(query: UsageQuery): Promise<readonly GroupUsage[]>;
  /** Rows of the ledger by the end of their requests, page by page. */
  exportRows(query: Omit<UsageQuery, 'groupBy'>): AsyncIterable<readonly LedgerRow[]>;
  /** A page of the rows of the ledger. */
  listRows(query: RowsQuery): Promise<RowsPage>;
  /** What does not agree: the ledger with its sums in whole hours of the span, and what was reserved with both. */
  reconcile(span: TimeSpan): Promise<readonly UsageDifference[]>;
  /** The first whole hour of which all rows are kept. */
  rowsKeptFromMs(): number;
}

export interface UsageReportsOptions {
  readonly store: UsageReportStore;
  /** Days for which rows of the ledger are kept. */
  readonly usageRetentionDays: number;
  /** The models that names of the operator stand for now. None by default. */
  readonly aliases?: () => Readonly<Record<string, string>>;
  readonly now: () => number;
}

export function createUsageReports(options: UsageReportsOptions): UsageReports {
  const { store, usageRetentionDays, now, aliases = () => ({}) } = options;
  const rowsKeptFromMs = () => ceilHour(now() - usageRetentionDays * dayMs);
  const sum = async (query: UsageQuery & SumOptions) => {
    const { widthMs: bucketMs, isDetailed: hasTimes } = query;
    const groupBy = hasTimes ? [...new Set([...query.groupBy, 'outcome' as const])] : query.groupBy;
    const groupsMax = hasTimes ? reportGroupsMax * outcomesMax : reportGroupsMax;
    const filter = withAllNames(query.filter, aliases());
    const parts =
      bucketMs === bucketWidthsMs.minute
        ? [{ source: 'ledger' as const, fromMs: query.fromMs, toMs: query.toMs }]
        : toUsageParts(query, now());
    const sums: UsageGroupSum[] = [];
    for (const part of parts) {
      const found = await store.sumUsage({ ...part, bucketMs, groupBy, filter, groupsMax, hasTimes });
      if (found === 'too-many') throw createTooManyGroupsError();
      sums.push(...found);
    }
    return mergeSums(sums, query.groupBy);
  };
  return {
    rowsKeptFromMs,

    async report(query) {
      const widthMs = bucketWidthsMs[query.width];
      if (query.width === 'minute' && query.fromMs < rowsKeptFromMs())
        throw createNoMinutesError(rowsKeptFromMs());
      const span = toKnownSpan(query, rowsKeptFromMs());
      const buckets = listBuckets(span, widthMs, query.bucketsMax);
      const endMs = buckets.at(-1)?.toMs ?? span.toMs;
      const sums = await sum({ ...query, ...span, toMs: endMs, widthMs });
      if (countGroups(sums) > reportGroupsMax) throw createTooManyGroupsError();
      return {
        buckets: buckets.map((bucket) => ({
          ...bucket,
          groups: sums.get(Math.floor(bucket.fromMs / widthMs) * widthMs) ?? [],
        })),
        nextMs: endMs < span.toMs ? endMs : undefined,
      };
    },

    async total(query) {
      const span = toKnownSpan(query, rowsKeptFromMs());
      const sums = await sum({ ...query, ...span, widthMs: undefined, isDetailed: false });
      const groups = [...(sums.get(0) ?? [])];
      return groups.sort((a, b) => toTokens(b) - toTokens(a) || b.totals.requests - a.totals.requests);
    },

    async *exportRows(query) {
      const filter = withAllNames(query.filter, aliases());
      let after: LedgerPosition | undefined;
      do {
        const limit = exportPageRows;
        const page = await store.listLedgerRows({ ...query, filter, after, order: 'asc', limit });
        if (page.rows.length > 0) yield page.rows;
        after = page.next;
      } while (after !== undefined);
    },

    async listRows({ fromMs, toMs, filter, after, order, limit }) {
      const named = withAllNames(filter, aliases());
      const page = await store.listLedgerRows({ fromMs, toMs, filter: named, after, order, limit });
      const rows = page.rows.flatMap((row, index) => {
        const position = page.positions[index];
        return position === undefined ? [] : [{ row, position }];
      });
      return { rows, next: page.next };
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

interface SumOptions {
  readonly widthMs: number | undefined;
  readonly isDetailed: boolean;
}

function countGroups(sums: ReadonlyMap<number, readonly GroupUsage[]>): number {
  return [...sums.values()].reduce((count, groups) => count + groups.length, 0);
}

function toTokens({ totals }: GroupUsage): number {
  return totals.promptTokens + totals.completionTokens;
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
