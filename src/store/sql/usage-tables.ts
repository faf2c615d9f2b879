import type { Generated } from 'kysely';

/** Keys, projects, models, endpoints, outcomes and the like, by the numbers that stand for them in other tables. */
export interface UsageNamesTable {
  readonly id: Generated<number>;
  readonly name: string;
}

/** Processes that serve, or died while they did. */
export interface ReplicasTable {
  readonly id: Generated<number>;
  readonly host: string;
  readonly processId: number;
  readonly startedAtMs: number;
  readonly beatAtMs: number;
}

/** Requests between their admission and their row in the ledger. What is reserved is the sum of these. */
export interface OpenRequestsTable {
  readonly replicaId: number;
  readonly number: number;
  readonly requestId: string;
  /** A number of `usageNames`, as are `project`, `endpoint` and `model`. */
  readonly key: number;
  readonly project: number;
  readonly endpoint: number;
  readonly model: number;
  readonly isStreamed: number;
  /** On the calendar. */
  readonly beganAtMs: number;
  /** On the clock of limits. */
  readonly startedAtMs: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly costNano: number;
  /** The end of the current slice, which is charged if the request is never settled. */
  readonly madePromptTokens: number;
  readonly madeCompletionTokens: number;
  readonly madeCostNano: number;
  /** A number of `usageNames`; null: no deployment works for it yet. */
  readonly deployment: number | null;
  /** 1: the key's limits count it. */
  readonly countsForKey: number;
  readonly countsForProject: number;
  /** The period of the key's budget that pays; null: none does. */
  readonly keyPeriod: string | null;
  readonly projectPeriod: string | null;
}

/** Settled usage, by the bucket in which the requests started. */
export interface LimitWindowsTable {
  /** `key:ID` or `project:ID`. */
  readonly subject: string;
  readonly widthMs: number;
  readonly startMs: number;
  readonly requests: number;
  readonly tokens: number;
}

/** Settled usage in a budget period. */
export interface BudgetPeriodsTable {
  readonly subject: string;
  readonly period: string;
  readonly spentNano: number;
  readonly spentTokens: number;
  /** The highest limit whose soft limit was reported; 0: none was. */
  readonly noticedNano: Generated<number>;
  readonly noticedTokens: Generated<number>;
}

/** Webhooks that are to be delivered. */
export interface WebhookMessagesTable {
  readonly id: string;
  readonly body: string;
  /** That were begun. */
  readonly attempts: number;
  /** On the clock of the database. */
  readonly dueAtMs: number;
}

export interface LedgerTable {
  readonly id: Generated<number>;
  readonly requestId: string;
  readonly beganAtMs: number;
  readonly endedAtMs: number;
  /** A number of `usageNames`, as are `project` to `finishReason`. */
  readonly key: number;
  readonly project: number;
  readonly endpoint: number;
  readonly model: number;
  readonly deployment: number | null;
  readonly outcome: number;
  readonly errorCode: number | null;
  readonly finishReason: number | null;
  /** 0 or 1. */
  readonly isStreamed: number;
  readonly isReplay: number;
  readonly isEstimated: number;
  readonly answers: number;
  readonly attempts: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  readonly returnedPromptTokens: number;
  readonly returnedCachedTokens: number;
  readonly returnedCompletionTokens: number;
  readonly returnedReasoningTokens: number;
  /** null: the model has no price. */
  readonly costNano: number | null;
  readonly totalMs: number;
  readonly firstTokenMs: number | null;
  readonly queueMs: number | null;
}

/** Of each hour, key, project, model, endpoint, deployment and outcome; kept for ever. */
export interface UsageSumsTable extends TimeColumns {
  readonly hourMs: number;
  readonly key: number;
  readonly project: number;
  readonly model: number;
  readonly endpoint: number;
  /** The empty name where no deployment answered, and in hours before it was known. */
  readonly deployment: number;
  /** `notAdmittedOutcome` where no row was kept; the empty name in hours before it was known. */
  readonly outcome: number;
  /** That reached a model, or a stored answer. */
  readonly requests: number;
  readonly refusedByLimit: number;
  readonly refusedByBudget: number;
  readonly refusedOtherwise: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  readonly costNano: number;
}

/** The outcome of sums of requests that were refused before they reached a model. */
export const notAdmittedOutcome = 'not-admitted';

/** One more than there are `latencyBoundsMs`. */
const buckets = [
  ...([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] as const),
  ...([15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28] as const),
] as const;

/** Requests by their whole time and by their time to the first token, each in the bucket that `latencyBoundsMs` gives it. */
export type TimeColumns = { readonly [Name in TimeColumn]: number };

export const durationColumns = buckets.map((bucket) => `duration${bucket}` as const);
export const firstTokenColumns = buckets.map((bucket) => `firstToken${bucket}` as const);

export type TimeColumn = (typeof durationColumns | typeof firstTokenColumns)[number];

/** Where a sum belongs. */
export const sumPlaceNames = [
  ...(['hourMs', 'key', 'project', 'model', 'endpoint', 'deployment', 'outcome'] as const),
] as const;

/** All but the counts of requests have the same names in the ledger. */
export const countedNames = [
  'requests',
  'refusedByLimit',
  'refusedByBudget',
  'refusedOtherwise',
  'promptTokens',
  'cachedTokens',
  'completionTokens',
  'reasoningTokens',
  'costNano',
] as const;

export type CountedName = (typeof countedNames)[number];

/** The columns that are summed. */
export const summedNames = [...countedNames, ...durationColumns, ...firstTokenColumns] as const;

export type SummedName = (typeof summedNames)[number];
