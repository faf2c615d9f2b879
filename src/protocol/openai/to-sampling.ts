import type { z } from 'zod';
import { neutralSampling, type SamplingParameters } from '../../backend/generation-request.ts';
import { toLogitBias } from './logit-bias.ts';
import type { samplingFields } from './sampling-fields.ts';

/** The members of a request that say how the next token is drawn. */
export type SamplingFields = {
  readonly [Name in keyof typeof samplingFields]?: z.infer<(typeof samplingFields)[Name]>;
};

export function toSampling(fields: SamplingFields): SamplingParameters {
  const {
    temperature,
    top_p,
    top_k,
    min_p,
    frequency_penalty,
    presence_penalty,
    repetition_penalty,
    repeat_penalty,
    logit_bias,
    seed,
    ...unhandled
  } = fields;
  unhandled satisfies Record<string, never>;
  return {
    temperature: temperature ?? neutralSampling.temperature,
    topP: top_p ?? neutralSampling.topP,
    // -1 is off too.
    topK: Math.max(top_k ?? neutralSampling.topK, 0),
    minP: min_p ?? neutralSampling.minP,
    frequencyPenalty: frequency_penalty ?? neutralSampling.frequencyPenalty,
    presencePenalty: presence_penalty ?? neutralSampling.presencePenalty,
    repetitionPenalty: repetition_penalty ?? repeat_penalty ?? neutralSampling.repetitionPenalty,
    logitBias: toLogitBias(logit_bias),
    seed: seed ?? undefined,
  };
}
