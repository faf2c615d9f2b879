import type { BatchCosts } from './batch-costs.ts';

/** How a model's answers are drafted. */
export interface Drafting {
  /** Tokens of one request in one step at most. */
  readonly tokensMax: number;
  readonly costs: BatchCosts;
}
