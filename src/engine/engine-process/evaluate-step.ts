import type { NativeContext } from './binding.ts';
import type { EngineModel } from './engine-model.ts';
import type { Placement } from './prompt-cache.ts';
import { type SampledStep, sampleStep, type WantedToken } from './sample-step.ts';
import type { SlotRun } from './slot.ts';
import type { StepEntry } from './step-plan.ts';

/**
 * Decodes one batch and samples a token for every entry that wants one. `meanwhile` runs in this thread while the
 * decode runs in its own.
 */
export async function evaluateStep(
  model: EngineModel,
  entries: readonly StepEntry[],
  meanwhile: () => void,
  onHang: (run: SlotRun) => void,
): Promise<SampledStep> {
  const { context } = model;
  context.initBatch(entries.reduce((sum, { tokens }) => sum + tokens.length, 0));
  const wanted: WantedToken[] = [];
  for (const entry of entries) {
    const { slot, tokens, wantsToken } = entry;
    const logitAt = wantsToken ? Uint32Array.of(tokens.length - 1) : new Uint32Array();
    const [logitIndex] = context.addToBatch(slot.sequence, slot.cache.length, tokens, logitAt);
    if (logitIndex !== undefined) {
      wanted.push({ entry, logitIndex });
    }
  }
  const decoding = context.decodeBatch();
  meanwhile();
  await decoding;
  for (const { slot, tokens } of entries) {
    slot.cache.append(tokens);
  }
  return sampleStep(model, wanted, onHang);
}

/** Brings the sequence to exactly the cached part of the prompt; returns how many tokens that are. */
export async function prepareSequence(
  context: NativeContext,
  { slot, copyFrom, cachedTokens }: Placement,
  prompt: Uint32Array,
): Promise<number> {
  if (copyFrom !== undefined) {
    context.disposeSequence(slot.sequence);
    await context.copySequenceStateFromOtherSequence(slot.sequence, copyFrom.sequence);
    slot.cache.truncate(0);
    slot.cache.append(prompt.subarray(0, cachedTokens));
  }
  slot.cache.truncate(cachedTokens);
  if (cachedTokens > 0 && context.removeTokenCellsFromSequence(slot.sequence, cachedTokens, -1)) {
    return cachedTokens;
  }
  // Nothing in common, or a model whose sequences can't be cut back: the sequence begins anew.
  slot.cache.truncate(0);
  context.disposeSequence(slot.sequence);
  return 0;
}
