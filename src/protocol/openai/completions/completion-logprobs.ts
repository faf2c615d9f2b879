import { z } from 'zod';
import type { EchoedToken } from '../../../backend/generation-event.ts';
import { logprobMin } from '../chat/choice-logprobs.ts';

const logprobSchema = z.number().describe(`The natural logarithm of a probability, ${logprobMin} to 0.`);

/** Four lists of the same length, one place for each token. */
export const completionLogprobsSchema = z
  .object({
    tokens: z.array(z.string()).describe('The text of each token. U+FFFD replaces an incomplete character.'),
    token_logprobs: z
      .array(logprobSchema.nullable())
      .describe('Null for the first token of an echoed prompt, because no token precedes it.'),
    top_logprobs: z
      .array(z.record(z.string(), logprobSchema).nullable())
      .nullable()
      .describe(
        'The most likely tokens at each position, plus the chosen token if it is not one of them. If two have the same text, the more likely one. Null with `logprobs: 0`.',
      ),
    text_offset: z
      .array(z.int().min(0))
      .describe("Offset of the token in the choice's text, in Unicode characters."),
  })
  .meta({ id: 'CompletionLogprobs' });

export type CompletionLogprobs = z.infer<typeof completionLogprobsSchema>;

/** Writes tokens in OpenAI's older form, and counts where in the text they begin. */
export interface CompletionLogprobsWriter {
  write(tokens: readonly EchoedToken[]): CompletionLogprobs;
}

export function createCompletionLogprobsWriter(topCount: number): CompletionLogprobsWriter {
  // Several tokens may share the bytes of one character. Each of them starts at the offset of the character.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let offset = 0;
  const advance = ({ bytes }: EchoedToken): number => {
    const start = offset;
    const text = decoder.decode(Uint8Array.from(bytes ?? []), { stream: true });
    for (const _ of text) offset += 1;
    return start;
  };
  return {
    write: (tokens) => ({
      tokens: tokens.map(({ text }) => text),
      token_logprobs: tokens.map(({ logprob }) => toWireLogprob(logprob)),
      top_logprobs: topCount === 0 ? null : tokens.map(toTopLogprobs),
      text_offset: tokens.map(advance),
    }),
  };
}

function toWireLogprob(logprob: number | undefined): number | null {
  return logprob === undefined ? null : Math.max(logprob, logprobMin);
}

function toTopLogprobs({ text, logprob, top }: EchoedToken): Record<string, number> | null {
  if (logprob === undefined) return null;
  // Best first: of parts of characters that all look the same the first stays. A token may be called __proto__.
  const pairs = new Map<string, number>();
  for (const ranked of [...top, { text, logprob }]) {
    if (!pairs.has(ranked.text)) pairs.set(ranked.text, Math.max(ranked.logprob, logprobMin));
  }
  return Object.fromEntries(pairs);
}
