/** The usage of one request, kept as long as rows are kept. */
export interface LedgerRow {
  readonly requestId: string;
  readonly keyId: string;
  readonly projectId: string;
  readonly endpoint: string;
  /** The model that served it; the empty text where none was found. */
  readonly model: string;
  /** The deployment that made the answer that was returned; undefined: none did. */
  readonly deployment: string | undefined;
  readonly outcome: string;
  readonly errorCode: string | undefined;
  readonly finishReason: string | undefined;
  readonly isStreamed: boolean;
  readonly isReplay: boolean;
  /** Some counts were not measured by the backend. */
  readonly isEstimated: boolean;
  /** Answers that were asked for, such as `n`. */
  readonly answers: number;
  /** Generations that a backend accepted. */
  readonly attempts: number;
  /** Of all attempts. */
  readonly total: LedgerCounts;
  /** Of the answers that were returned. */
  readonly returned: LedgerCounts;
  /** Billionths of the currency of prices; undefined: the model has none. */
  readonly costNano: number | undefined;
  /** Milliseconds since 1970. */
  readonly beganAtMs: number;
  readonly endedAtMs: number;
  /** In whole milliseconds. */
  readonly totalMs: number;
  readonly firstTokenMs: number | undefined;
  readonly queueMs: number | undefined;
}

export interface LedgerCounts {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
}

export const refusalKinds = ['refusedByLimit', 'refusedByBudget', 'refusedOtherwise'] as const;

export type RefusalKind = (typeof refusalKinds)[number];

/** Refusals of one hour. */
export interface UsageSum {
  readonly hourMs: number;
  readonly keyId: string;
  readonly projectId: string;
  readonly model: string;
  readonly endpoint: string;
  readonly refused: Readonly<Record<RefusalKind, number>>;
}

export const hourMs = 3_600_000;

export function toHourStart(atMs: number): number {
  return Math.floor(atMs / hourMs) * hourMs;
}
