import type { ChatCompletion } from '../../src/protocol/openai/chat-completion.ts';
import type { ChatCompletionChunk } from '../../src/protocol/openai/chat-completion-chunk.ts';

const noUsage: ChatCompletion['usage'] = {
  prompt_tokens: 0,
  completion_tokens: 0,
  total_tokens: 0,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
};

/** The plain answer that a client puts together from a stream; throws for a stream that is not whole. */
export function foldChunks(chunks: readonly ChatCompletionChunk[]): ChatCompletion {
  const [first] = chunks;
  if (first === undefined) throw new Error('The stream has no chunks.');
  const { id, created, model, system_fingerprint } = first;
  const pieces = chunks.flatMap(({ choices }) => choices);
  const indexes = [...new Set(pieces.map(({ index }) => index))].sort((a, b) => a - b);
  return {
    ...{ id, object: 'chat.completion', created, model, system_fingerprint },
    choices: indexes.map((index) => {
      const own = pieces.filter((piece) => piece.index === index);
      const reasons = own.flatMap(({ finish_reason: reason }) => (reason === null ? [] : [reason]));
      const [reason, ...more] = reasons;
      if (reason === undefined || more.length > 0)
        throw new Error(`Choice ${index} has ${reasons.length} ends.`);
      const content = own.map(({ delta }) => delta.content ?? '').join('');
      return {
        index,
        message: { role: 'assistant', content, refusal: null },
        logprobs: null,
        finish_reason: reason,
      };
    }),
    usage: chunks.at(-1)?.usage ?? noUsage,
  };
}
