import { BackendError } from '../../backend/backend-error.ts';
import type { NativeContext } from './binding.ts';
import type { EngineModel } from './engine-model.ts';
import type { Placement } from './prompt-cache.ts';
import type { StepEntry } from './step-plan.ts';

export interface SampledToken {
  readonly entry: StepEntry;
  /** An error ends this request; the others go on. */
  readonly token: number | BackendError;
}

/**
 * Decodes one batch and samples a token for every entry that wants one. `meanwhile` runs in this thread while the
 * decode runs in its own.
 */
export async function evaluateStep(
  model: EngineModel,
  entries: readonly StepEntry[],
  meanwhile: () => void,
): Promise<SampledToken[]> {
  const { context } = model;
  context.initBatch(entries.reduce((sum, { tokens }) => sum + tokens.length, 0));
  const wanted: { entry: StepEntry; logitIndex: number }[] = [];
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
  return Promise.all(
    wanted.map(async ({ entry, logitIndex }) => ({
      entry,
      token: await sampleToken(model, entry, logitIndex),
    })),
  );
}

/** How the native sampler begins its error when the grammar can't move on with the token that it drew. */
const refusal = 'Failed to accept token in sampler';
/** What the native sampler returns where it drew nothing. */
const noToken = -1;

/**
 * Where no token is left that the grammar allows, the native sampler draws one all the same. One that is no end
 * token is then refused as the grammar's state moves on; an end token moves nothing, so we ask.
 */
async function sampleToken(
  { bound, vocabulary, context }: EngineModel,
  { slot, run }: StepEntry,
  logitIndex: number,
): Promise<number | BackendError> {
  const { grammar } = run;
  if (grammar === undefined) {
    return context.sampleToken(logitIndex, slot.sampler.native);
  }
  const token = await context.sampleToken(logitIndex, slot.sampler.native).catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith(refusal)) {
      return noToken;
    }
    throw error;
  });
  if (token === noToken || (vocabulary.isEndToken(token) && !bound.isAllowed(grammar, token))) {
    return new BackendError(
      'unsupported_grammar',
      'The grammar demands text that this model has no tokens for.',
    );
  }
  return token;
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
