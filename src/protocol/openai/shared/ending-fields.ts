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
      'Tokens to generate at least, 0 or more and not above the tokens that the answer may have: before, neither the end of the answer nor one of `stop_token_ids` is drawn, and `stop` does not count. Not for answers with a form or with tools that may be called.',
  }),
  ignore_eos: z.boolean().nullish().meta({
    default: false,
    description:
      'The model never ends its answer by itself: its end tokens are not drawn. Not for answers with a form or with tools that may be called.',
  }),
  repetition_stop: z
    .boolean()
    .nullish()
    .describe(
      'Whether an answer that repeats the same tokens exactly, 512 of them and 8 times or more, ends with `length`. Absent: as the setting `repetitionStop` says, and only where the request does not say how long the answer may be. Within a form of the answer nothing is stopped.',
    ),
  stop_token_ids: z
    .array(z.int().min(0).max(topKMax))
    .max(stopTokensMax)
    .nullish()
    .describe(
      `Up to ${stopTokensMax} token ids of this model that end the answer and are no part of it. An id that the model does not have is refused.`,
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
