import type { UsageSubject } from './usage-store.ts';

/**
 * Which soft limits of budgets were reported, and the reports that are still to be delivered. Shared by all servers: of
 * several that see the same crossing, one records it. Failures of the storage itself are thrown as `StoreError`.
 */
export interface BudgetNoticeStore {
  /** The settled usage of budget periods. A period in which nothing was settled is missing. */
  readSpent(periods: readonly SubjectPeriod[]): Promise<readonly SpentPeriod[]>;
  /**
   * Records that these limits were reported, with the message to deliver, if any. False, without an effect, if another
   * server recorded them first.
   */
  record(notice: BudgetNotice, message: WebhookMessage | undefined): Promise<boolean>;
  /**
   * Messages that are due, `countMax` at most, each for one caller alone. The caller removes or postpones each within
   * `leaseMs`; after that they are due again.
   */
  claimDue(leaseMs: number, countMax: number): Promise<readonly ClaimedMessage[]>;
  /** Makes a message due after `delayMs`, unless it was claimed again since. */
  postpone(message: Pick<ClaimedMessage, 'id' | 'attempts'>, delayMs: number): Promise<void>;
  /** It was delivered, or given up. */
  remove(id: string): Promise<void>;
}

export interface SubjectPeriod {
  readonly subject: UsageSubject;
  readonly period: string;
}

/** The parts of a budget. An absent one has no limit. */
export interface BudgetAmounts {
  /** Billionths of the currency. */
  readonly amountNano?: number;
  readonly tokens?: number;
}

export interface SpentPeriod extends SubjectPeriod {
  readonly spentNano: number;
  readonly spentTokens: number;
  /** The highest limits that were reported in this period; 0: none. */
  readonly noticed: Required<BudgetAmounts>;
}

export interface BudgetNotice extends SubjectPeriod {
  /** The limits that are passed. It is recorded only if one of them is higher than what was reported before. */
  readonly passed: BudgetAmounts;
  /** All limits of the budget: those that are passed later need no further notice. */
  readonly limits: BudgetAmounts;
}

export interface WebhookMessage {
  /** The same for every attempt. */
  readonly id: string;
  readonly body: string;
}

export interface ClaimedMessage extends WebhookMessage {
  /** Including the one that begins now. */
  readonly attempts: number;
}
