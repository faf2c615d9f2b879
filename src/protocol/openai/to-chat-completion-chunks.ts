import type { GenerationEvent } from '../../backend/generation-event.ts';
import type { ChatCompletionChunk, ChatCompletionChunkChoice } from './chat-completion-chunk.ts';
import type { ChatCompletionEnvelope } from './chat-completion-envelope.ts';
import { toCompletionUsage } from './completion-usage.ts';

export interface ChunkOptions {
  /** End with a chunk that has no choices and the usage. */
  readonly includeUsage: boolean;
}

/**
 * The streamed answer: the map of a completion's events.
 *
 * The first chunk waits for `started`, so that a request which is refused before its evaluation never looks
 * like a stream. What the events throw goes through; leaving the loop early leaves theirs too.
 *
 * @throws {Error} when the stream ends without its `finish` event, which no backend may do.
 */
export async function* toChatCompletionChunks(
  events: AsyncIterable<GenerationEvent>,
  envelope: ChatCompletionEnvelope,
  { includeUsage }: ChunkOptions,
): AsyncGenerator<ChatCompletionChunk, void, undefined> {
  const toChunk = (choices: ChatCompletionChunkChoice[]): ChatCompletionChunk => ({
    id: envelope.id,
    object: 'chat.completion.chunk',
    created: envelope.createdAtSeconds,
    model: envelope.model,
    system_fingerprint: envelope.systemFingerprint,
    choices,
    ...(includeUsage ? { usage: null } : {}),
  });
  for await (const event of events) {
    switch (event.type) {
      case 'started':
        yield toChunk([toChoice({ role: 'assistant', content: '' }, null)]);
        break;
      case 'text-delta':
        yield toChunk([toChoice({ content: event.text }, null)]);
        break;
      case 'finish':
        yield toChunk([toChoice({}, event.reason)]);
        if (includeUsage) yield { ...toChunk([]), usage: toCompletionUsage(event.usage) };
        return;
      default:
        event satisfies never;
    }
  }
  throw new Error('The generation ended without a finish event.');
}

function toChoice(
  delta: ChatCompletionChunkChoice['delta'],
  finishReason: ChatCompletionChunkChoice['finish_reason'],
): ChatCompletionChunkChoice {
  return { index: 0, delta, logprobs: null, finish_reason: finishReason };
}
