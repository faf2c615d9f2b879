import { scoredPieceTokensMax } from './prompt-scoring.ts';
import { isPrefilling, remainingPrompt, type Slot, type SlotRun } from './slot.ts';

/** What one slot evaluates in the next step. */
export interface StepEntry {
  readonly slot: Slot;
  readonly run: SlotRun;
  readonly tokens: Uint32Array;
  /** The last token's logits are needed: a token is sampled after this step. */
  readonly wantsToken: boolean;
}

/**
 * One token for each running stream, and prompts in order of arrival until the piece is full: whoever came
 * first answers first, and nobody waits for prompts that came later.
 *
 * llama.cpp decodes a batch in parts: tokens of sequences that follow each other, the same number of each. So a piece of
 * a prompt comes before the streams, as one part, and they are the next. Where a stream's sequence follows the prompt's,
 * the order is that of the sequences: one token of the prompt is then in the streams' part, which stays whole.
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
  const isRunning = (sequence: number) => slots[sequence]?.run?.nextToken !== undefined;
  const isApart = ({ run, slot }: StepEntry) => isPrefilling(run) && !isRunning(slot.sequence + 1);
  const bySequence = entries.toSorted((a, b) => a.slot.sequence - b.slot.sequence);
  return [...bySequence.filter(isApart).reverse(), ...bySequence.filter((entry) => !isApart(entry))];
}
