import type { LostAttempt } from '../../backend/generation.ts';
import type { AttemptUsage } from './usage-record.ts';

/** What one attempt cost, without its place in the answer. */
export type AttemptCost = Omit<AttemptUsage, 'answer' | 'finishReason' | 'isReturned'>;

export function toAttemptCost(
  {
    promptTokens,
    cachedTokens,
    completionTokens,
    reasoningTokens,
    isEstimated = false,
    servedBy,
  }: LostAttempt,
  machineMs: number,
): AttemptCost {
  const counts = { promptTokens, cachedTokens, completionTokens, reasoningTokens };
  return { ...counts, machineMs, isEstimated, deployment: servedBy };
}
