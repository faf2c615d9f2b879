import type { GenerationEvent } from '../../backend/generation-event.ts';
import { toFinishReason } from './chat-completion.ts';
import type { ChatCompletionChunk, ChatCompletionChunkChoice } from './chat-completion-chunk.ts';
import type { ChatCompletionEnvelope } from './chat-completion-envelope.ts';
import { toCompletionUsage } from './completion-usage.ts';
import type { MessageEvent } from './message-fold.ts';

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
      case 'reasoning-delta':
      case 'tool-call-start':
      case 'tool-call-delta':
        yield toChunk([toChoice(toDelta(event), null)]);
        break;
      case 'finish':
        yield toChunk([toChoice({}, toFinishReason(event.reason))]);
        if (includeUsage) yield { ...toChunk([]), usage: toCompletionUsage(event.usage) };
        return;
      default:
        event satisfies never;
    }
  }
  throw new Error('The generation ended without a finish event.');
}

function toDelta(event: MessageEvent): ChatCompletionChunkChoice['delta'] {
  switch (event.type) {
    case 'text-delta':
      return { content: event.text };
    case 'reasoning-delta':
      return { reasoning_content: event.text };
    case 'tool-call-start': {
      const { callIndex: index, id, name } = event;
      return { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] };
    }
    case 'tool-call-delta':
      return {
        tool_calls: [{ index: event.callIndex, function: { arguments: event.argumentsText } }],
      };
  }
}

function toChoice(
  delta: ChatCompletionChunkChoice['delta'],
  finishReason: ChatCompletionChunkChoice['finish_reason'],
): ChatCompletionChunkChoice {
  return { index: 0, delta, logprobs: null, finish_reason: finishReason };
}
