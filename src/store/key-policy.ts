/** `inference`: may ask models. `admin`: may manage models, keys and projects. `metrics`: may read measurements. */
export const keyScopes = ['inference', 'admin', 'metrics'] as const;

export type KeyScope = (typeof keyScopes)[number];

/** Limits for a period of time. An absent member is no limit. Each is a whole number, 1 to 10^12. */
export interface UsageLimits {
  readonly requestsPerMinute?: number;
  readonly requestsPerDay?: number;
  /** Prompt and completion together. */
  readonly tokensPerMinute?: number;
  readonly tokensPerDay?: number;
  readonly concurrentRequests?: number;
}

export const budgetPeriods = ['day', 'week', 'month', 'total'] as const;

/** A week begins on Monday; `total` never ends. */
export type BudgetPeriod = (typeof budgetPeriods)[number];

/** The budget for a period: money, tokens or both. */
export interface Budget {
  /** Billionths of the currency, 1 to 9 · 10^15, which a number holds exactly; undefined: money is not counted. */
  readonly amountNano?: number;
  /** Three capital letters, such as `USD`; there is one where there is an amount. */
  readonly currency?: string;
  /** 1 to 10^15; undefined: tokens are not counted. */
  readonly tokens?: number;
  readonly period: BudgetPeriod;
  /** An IANA name, such as `Europe/Berlin`, in which periods turn; undefined: UTC. */
  readonly timeZone?: string;
  readonly override?: BudgetOverride;
}

/** Holds in place of the budget's own numbers, which are smaller, until it is over. */
export interface BudgetOverride {
  readonly amountNano?: number;
  readonly tokens?: number;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
}
