import { scoredPieceTokensMax } from './prompt-scoring.ts';
import { remainingPrompt, type Slot, type SlotRun } from './slot.ts';

/** The work of one slot in the next step. */
export interface StepEntry {
  readonly slot: Slot;
  readonly run: SlotRun;
  readonly tokens: Uint32Array;
  /** The last token's logits are needed: a token is sampled after this step. */
  readonly wantsToken: boolean;
}

/**
 * Plans one token per running stream, and prompts in order of arrival until the step is full. The first
 * prompt to arrive gets the first answer, and none waits for later prompts.
 *
 * Entries are in the order of their sequences. llama.cpp computes consecutive sequences together, one token
 * of each, and then the rest of a prompt piece.
 */
export function planStep(slots: readonly Slot[], prefillTokensMax: number): StepEntry[] {
  const entries: StepEntry[] = [];
  const waiting: { slot: Slot; run: SlotRun }[] = [];
  for (const slot of slots) {
    const { run } = slot;
    if (run?.nextToken !== undefined) {
      entries.push({ slot, run, tokens: Uint32Array.of(run.nextToken), wantsToken: true });
    } else if (run !== undefined) {
      waiting.push({ slot, run });
    }
  }
  waiting.sort((a, b) => a.run.arrival - b.run.arrival);
  let left = prefillTokensMax;
  for (const { slot, run } of waiting) {
    if (left <= 0) {
      break;
    }
    const start = slot.cache.length;
    const pieceTokens = run.scoring === undefined ? left : Math.min(left, scoredPieceTokensMax);
    const tokens = run.prompt.subarray(start, start + pieceTokens);
    left -= tokens.length;
    entries.push({ slot, run, tokens, wantsToken: tokens.length === remainingPrompt(slot, run) });
  }
  return entries.toSorted((a, b) => a.slot.sequence - b.slot.sequence);
}
