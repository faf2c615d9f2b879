import { z } from 'zod';
import type { RankedToken, TokenLogprob } from '../../../backend/generation-event.ts';

/** The value that OpenAI sends for an impossible token, because JSON has no infinity. */
export const logprobMin = -9999;

const rankedTokenFields = {
  token: z
    .string()
    .describe('Its text. U+FFFD replaces an incomplete character, and a control token is shown by its name.'),
  logprob: z.number().describe(`The natural logarithm of its probability, ${logprobMin} to 0.`),
  bytes: z
    .array(z.int().min(0).max(255))
    .nullable()
    .describe(
      'Its bytes. Several tokens may form one character. Null for a control token, which has no text.',
    ),
};

const tokenLogprobSchema = z
  .object({
    ...rankedTokenFields,
    top_logprobs: z
      .array(z.object(rankedTokenFields))
      .describe(
        'The most likely tokens at this position, most likely first. Empty unless the request sets `top_logprobs`.',
      ),
  })
  .meta({ id: 'ChatCompletionTokenLogprob' });

/** Null where they were not asked for. */
export const choiceLogprobsSchema = z
  .object({
    content: z.array(tokenLogprobSchema).describe('One entry per token whose text is in `content`.'),
    refusal: z.null(),
  })
  .meta({ id: 'ChatCompletionChoiceLogprobs' });

export type ChoiceLogprobs = z.infer<typeof choiceLogprobsSchema>;

export function toChoiceLogprobs(logprobs: readonly TokenLogprob[]): ChoiceLogprobs {
  return { content: logprobs.map(toWireTokenLogprob), refusal: null };
}

function toWireTokenLogprob({ top, ...token }: TokenLogprob): ChoiceLogprobs['content'][number] {
  return { ...toWireToken(token), top_logprobs: top.map(toWireToken) };
}

function toWireToken({ text, bytes, logprob, ...unhandled }: RankedToken) {
  unhandled satisfies Record<string, never>;
  return {
    token: text,
    logprob: Math.max(logprob, logprobMin),
    bytes: bytes === undefined ? null : [...bytes],
  };
}
