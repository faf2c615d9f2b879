import type { GenerationRequest } from '../../../backend/generation-request.ts';
import type { EngineModel } from '../model/engine-model.ts';
import { createDrafter, type Drafter } from './drafter.ts';

/**
 * Undefined where a request's tokens are not drafted. A seed at a temperature asks for the same answer each time, and how
 * drafts round depends on the time that steps take: with a seed only a prediction is worth that.
 */
export function openDrafter(
  { drafting, vocabulary, facts }: Pick<EngineModel, 'drafting' | 'vocabulary' | 'facts'>,
  { sampling, prediction }: Pick<GenerationRequest, 'sampling' | 'prediction'>,
  prompt: Uint32Array,
  completionTokensMax: number,
): Drafter | undefined {
  const isSeeded = sampling.seed !== undefined && sampling.temperature > 0;
  if (drafting === undefined || (isSeeded && prediction === undefined)) return undefined;
  // Tokens beyond the longest possible answer are dropped.
  const charactersMax = facts.contextLength * vocabulary.tokenBytesMax;
  const expected = vocabulary.tokenize((prediction ?? '').slice(0, charactersMax));
  return createDrafter({
    prompt,
    prediction: expected.subarray(0, facts.contextLength),
    completionTokensMax,
  });
}
