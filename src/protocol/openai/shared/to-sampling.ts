import type { z } from 'zod';
import type { RequestedSampling } from '../../../backend/requested-generation.ts';
import { toLogitBias } from './logit-bias.ts';
import type { samplingFields } from './sampling-fields.ts';
import { toSeed } from './seed.ts';

/** The members of a request that say how the next token is drawn. */
export type SamplingFields = {
  readonly [Name in keyof typeof samplingFields]?: z.infer<(typeof samplingFields)[Name]>;
};

/** Fields that are not about sampling. The compiler accepts none, because they would be lost here. */
type OtherFields<Fields> = { readonly [Name in Exclude<keyof Fields, keyof SamplingFields>]: never };

/** Absent or null values stay unset, because the model may have a default for them. */
export function toSampling<Fields extends SamplingFields>(
  fields: Fields & OtherFields<Fields>,
): RequestedSampling {
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
  }: SamplingFields = fields;
  unhandled satisfies Record<string, never>;
  return {
    temperature: temperature ?? undefined,
    topP: top_p ?? undefined,
    // -1 is off too.
    topK: typeof top_k === 'number' ? Math.max(top_k, 0) : undefined,
    minP: min_p ?? undefined,
    frequencyPenalty: frequency_penalty ?? undefined,
    presencePenalty: presence_penalty ?? undefined,
    repetitionPenalty: repetition_penalty ?? repeat_penalty ?? undefined,
    logitBias: toLogitBias(logit_bias),
    seed: toSeed(seed),
  };
}
