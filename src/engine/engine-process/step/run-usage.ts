import type { TokenUsage } from '../../../backend/generation-event.ts';
import type { EngineProgressMessage, RunCounts } from '../../engine-message.ts';
import type { Slot, SlotRun } from './slot.ts';

/** The usage of a request so far; at its end, the total. */
export function toUsage({
  prompt,
  completionTokens,
  cachedTokens,
  reasoningTokens,
  drafter,
}: SlotRun): TokenUsage {
  return {
    promptTokens: prompt.length,
    completionTokens,
    cachedTokens,
    reasoningTokens,
    ...(drafter === undefined ? {} : { drafts: drafter.usage() }),
  };
}

/**
 * The state that the parent needs if this process dies, and the use of the caches. Undefined if nothing runs.
 */
export function countRunning(
  slots: readonly Slot[],
): Pick<EngineProgressMessage, 'runs' | 'cacheTokens'> | undefined {
  const runs: RunCounts[] = [];
  let cacheTokens = 0;
  for (const { run, cache } of slots) {
    if (run === undefined) continue;
    const drafts = run.drafter?.usage();
    runs.push([
      run.id,
      run.completionTokens,
      run.reasoningTokens,
      drafts?.acceptedTokens ?? 0,
      drafts?.rejectedTokens ?? 0,
    ]);
    cacheTokens += cache.length;
  }
  return runs.length === 0 ? undefined : { runs, cacheTokens };
}
