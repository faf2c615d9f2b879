import type { RankedToken, TokenLogprob } from '../../../backend/generation-event.ts';
import { logprobMin } from '../chat/choice-logprobs.ts';
import type { ResponseLogprob } from './response-object.ts';

/** OpenAI's clients have no null for the bytes here, as they have in chat completions. */
export function toResponseLogprobs(logprobs: readonly TokenLogprob[]): ResponseLogprob[] {
  return logprobs.map(({ top, ...token }) => ({
    ...toWireToken(token),
    top_logprobs: top.map(toWireToken),
  }));
}

function toWireToken({ text, bytes, logprob, ...unhandled }: RankedToken) {
  unhandled satisfies Record<string, never>;
  return { token: text, bytes: [...(bytes ?? [])], logprob: Math.max(logprob, logprobMin) };
}
