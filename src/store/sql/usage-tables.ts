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

/** Of each hour, key, project, model and endpoint; kept for ever. */
export interface UsageSumsTable extends LatencyColumns {
  readonly hourMs: number;
  readonly key: number;
  readonly project: number;
  readonly model: number;
  readonly endpoint: number;
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

/** Requests by their whole time, each in the first bucket whose bound it does not pass: see `latencyBoundsMs`. */
export type LatencyColumns = { readonly [Name in LatencyColumn]: number };

export const latencyColumns = [
  'latency0',
  'latency1',
  'latency2',
  'latency3',
  'latency4',
  'latency5',
  'latency6',
  'latency7',
  'latency8',
  'latency9',
  'latency10',
  'latency11',
] as const;

export type LatencyColumn = (typeof latencyColumns)[number];

/** Where a sum belongs. */
export const sumPlaceNames = ['hourMs', 'key', 'project', 'model', 'endpoint'] as const;

export type SumPlaceName = (typeof sumPlaceNames)[number];

/** The columns that are summed. All but the counts of requests have the same names in the ledger. */
export const summedNames = [
  'requests',
  'refusedByLimit',
  'refusedByBudget',
  'refusedOtherwise',
  'promptTokens',
  'cachedTokens',
  'completionTokens',
  'reasoningTokens',
  'costNano',
  ...latencyColumns,
] as const;

export type SummedName = (typeof summedNames)[number];
