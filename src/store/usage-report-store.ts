import type { LedgerCounts, LedgerRow, RefusalKind } from './ledger-row.ts';

/** Reads what the ledger and its hourly sums say. It changes nothing. Failures of the storage are thrown as `StoreError`. */
export interface UsageReportStore {
  /** Sums of each bucket and group that has any, oldest bucket first; `too-many` where there are more than `groupsMax`. */
  sumUsage(question: UsageQuestion): Promise<readonly UsageGroupSum[] | 'too-many'>;
  /** Rows of the ledger by the time at which the requests ended. */
  listLedgerRows(question: LedgerPageQuestion): Promise<LedgerPage>;
  /** Hours, keys, projects, models and endpoints whose sums are not the sums of their rows; `limit` at most. */
  findSumDifferences(question: DifferenceQuestion): Promise<readonly UsageDifference[]>;
  /** Open requests of no process, and budget periods that paid for more than the sums have; `limit` at most. */
  findReservationDifferences(limit: number): Promise<readonly UsageDifference[]>;
}

/** From the first millisecond to the last one, without it; since 1970. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export const usageDimensions = ['keyId', 'projectId', 'model', 'endpoint', 'deployment', 'outcome'] as const;

export type UsageDimension = (typeof usageDimensions)[number];

/** Only what has one of these values; undefined: every value. */
export type UsageFilter = { readonly [Name in UsageDimension]?: readonly string[] | undefined };

export interface UsageQuestion extends TimeSpan {
  /** `sums` knows whole hours and refusals; `ledger` any millisecond, for as long as rows are kept, and no refusals. */
  readonly source: 'sums' | 'ledger';
  /** The width of a bucket, counted from 1970; undefined: one bucket for all. */
  readonly bucketMs: number | undefined;
  readonly groupBy: readonly UsageDimension[];
  readonly filter: UsageFilter;
  readonly groupsMax: number;
  /** Whether the totals have their histograms of times, which take as long to add up as all else. */
  readonly hasTimes: boolean;
}

export interface UsageTotals extends LedgerCounts {
  /** That reached a model, or a stored answer. */
  readonly requests: number;
  readonly refused: Readonly<Record<RefusalKind, number>>;
  readonly costNano: number;
  /** Requests by their whole time, as `latencyBoundsMs` divides it; empty where it was not asked for. */
  readonly durations: readonly number[];
  /** Those with a first token by the time to it, in the same way. Hours of earlier versions have none. */
  readonly firstTokens: readonly number[];
}

export type UsageGroup = { readonly [Name in UsageDimension]?: string };

export interface UsageGroupSum {
  /** 0 where there is one bucket for all. */
  readonly bucketStartMs: number;
  /** The values that were asked for. */
  readonly group: UsageGroup;
  readonly totals: UsageTotals;
}

export interface LedgerPageQuestion extends TimeSpan {
  readonly filter: UsageFilter;
  /** `desc`: newest first. */
  readonly order: 'asc' | 'desc';
  readonly after: LedgerPosition | undefined;
  readonly limit: number;
}

/** The place of a row among the others. */
export interface LedgerPosition {
  readonly endedAtMs: number;
  readonly id: number;
}

export interface LedgerPage {
  readonly rows: readonly LedgerRow[];
  /** Of each row. */
  readonly positions: readonly LedgerPosition[];
  /** Where the next page begins; undefined: this was the last one. */
  readonly next: LedgerPosition | undefined;
}

export interface DifferenceQuestion extends TimeSpan {
  readonly limit: number;
}

export interface UsageDifference {
  readonly kind: 'sum' | 'open-request' | 'budget';
  /** The differences, in words. */
  readonly of: string;
  /** The name of the number that differs. */
  readonly name: string;
  readonly expected: number;
  readonly found: number;
}

export function addTotals(one: UsageTotals, other: UsageTotals): UsageTotals {
  return {
    requests: one.requests + other.requests,
    refused: {
      refusedByLimit: one.refused.refusedByLimit + other.refused.refusedByLimit,
      refusedByBudget: one.refused.refusedByBudget + other.refused.refusedByBudget,
      refusedOtherwise: one.refused.refusedOtherwise + other.refused.refusedOtherwise,
    },
    promptTokens: one.promptTokens + other.promptTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
    costNano: one.costNano + other.costNano,
    durations: addHistograms(one.durations, other.durations),
    firstTokens: addHistograms(one.firstTokens, other.firstTokens),
  };
}

function addHistograms(one: readonly number[], other: readonly number[]): readonly number[] {
  return one.map((requests, bucket) => requests + (other[bucket] ?? 0));
}
