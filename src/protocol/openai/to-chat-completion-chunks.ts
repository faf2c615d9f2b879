import type { ChoiceEvent } from '../../backend/choice-event.ts';
import type { TokenLogprob, TokenUsage } from '../../backend/generation-event.ts';
import { toFinishReason } from './chat-completion.ts';
import type { ChatCompletionChunk, ChatCompletionChunkChoice } from './chat-completion-chunk.ts';
import type { ChatCompletionEnvelope } from './chat-completion-envelope.ts';
import { toChoiceLogprobs } from './choice-logprobs.ts';
import { toCompletionUsage } from './completion-usage.ts';
import { type MessageEvent, toReasoning } from './message-fold.ts';
import { sumUsage } from './sum-usage.ts';
import type { AnswerOptions } from './to-chat-completion.ts';

export interface ChunkOptions extends AnswerOptions {
  /** End with a chunk that has no choices and the usage. */
  readonly includeUsage: boolean;
}

/**
 * The streamed answer: the map of the events of all choices.
 *
 * The first chunk waits for `started`, so that a request which is refused before its evaluation never looks
 * like a stream. What the events throw goes through; leaving the loop early leaves theirs too.
 *
 * @throws {Error} when the stream ends before each choice had its `finish` event, which no backend may do.
 */
export async function* toChatCompletionChunks(
  events: AsyncIterable<ChoiceEvent>,
  envelope: ChatCompletionEnvelope,
  { includeUsage, choiceCount, logprobs }: ChunkOptions,
): AsyncGenerator<ChatCompletionChunk, void, undefined> {
  const toChunk = (choices: ChatCompletionChunkChoice[]): ChatCompletionChunk => ({
    id: envelope.id,
    object: 'chat.completion.chunk',
    created: envelope.createdAtSeconds,
    model: envelope.model,
    system_fingerprint: envelope.systemFingerprint,
    ...(envelope.serviceTier === undefined ? {} : { service_tier: envelope.serviceTier }),
    choices,
    ...(includeUsage ? { usage: null } : {}),
  });
  const usages = new Map<number, TokenUsage>();
  for await (const { choice, event } of events) {
    const toChoice = createToChoice(choice);
    switch (event.type) {
      case 'started':
        yield toChunk([toChoice({ role: 'assistant', content: '' }, null, logprobs ? [] : undefined)]);
        break;
      case 'echo':
        break;
      case 'text-delta':
        yield toChunk([toChoice(toDelta(event), null, event.logprobs)]);
        break;
      case 'reasoning-delta':
      case 'tool-call-start':
      case 'tool-call-delta':
        yield toChunk([toChoice(toDelta(event), null)]);
        break;
      case 'finish':
        usages.set(choice, event.usage);
        yield toChunk([toChoice({}, toFinishReason(event.reason))]);
        if (usages.size < choiceCount) break;
        if (includeUsage) yield { ...toChunk([]), usage: toUsage(usages) };
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
      return toReasoning(event.text);
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

/** Choices end in any order. */
function toUsage(usages: ReadonlyMap<number, TokenUsage>) {
  const ordered = [...usages].sort(([a], [b]) => a - b).map(([, usage]) => usage);
  return toCompletionUsage(sumUsage(ordered));
}

function createToChoice(index: number) {
  return (
    delta: ChatCompletionChunkChoice['delta'],
    finishReason: ChatCompletionChunkChoice['finish_reason'],
    tokens?: readonly TokenLogprob[],
  ): ChatCompletionChunkChoice => {
    const logprobs = tokens === undefined ? null : toChoiceLogprobs(tokens);
    return { index, delta, logprobs, finish_reason: finishReason };
  };
}
