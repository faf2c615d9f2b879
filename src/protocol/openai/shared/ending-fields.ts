import { z } from 'zod';
import { type EndingRules, plainEnding } from '../../../backend/generation-request.ts';
import { topKMax } from './sampling-fields.ts';

/** Tokens of one request that end its answer. */
export const stopTokensMax = 128;

/** The members of a request that say when an answer may end and when it must. */
export const endingFields = {
  min_tokens: z.int().min(0).nullish().meta({
    default: 0,
    description:
      "Minimum number of generated tokens, from 0 up to the token limit. Before it is reached, the model can't end the answer, `stop_token_ids` are not sampled, and `stop` does not match. Not allowed with a response format or tools.",
  }),
  ignore_eos: z.boolean().nullish().meta({
    default: false,
    description:
      "Never end the answer: the model's end tokens are not sampled. Not allowed with a response format or tools.",
  }),
  repetition_stop: z
    .boolean()
    .nullish()
    .describe(
      'End an answer with `length` if it repeats the same tokens exactly, at least 8 times and over at least 512 tokens. Absent: the setting `repetitionStop`, and only if the request sets no token limit. Never applies within a response format.',
    ),
  stop_token_ids: z
    .array(z.int().min(0).max(topKMax))
    .max(stopTokensMax)
    .nullish()
    .describe(
      `Up to ${stopTokensMax} token ids of this model that end the answer. They are not part of it. An id outside the vocabulary is refused.`,
    ),
};

type EndingFields = {
  readonly [Name in Exclude<keyof typeof endingFields, 'repetition_stop'>]?: z.infer<
    (typeof endingFields)[Name]
  >;
};

export function toEndingRules({ min_tokens, ignore_eos, stop_token_ids }: EndingFields): EndingRules {
  return {
    minTokens: min_tokens ?? plainEnding.minTokens,
    stopTokens: stop_token_ids ?? plainEnding.stopTokens,
    isEndBarred: ignore_eos ?? plainEnding.isEndBarred,
  };
}
