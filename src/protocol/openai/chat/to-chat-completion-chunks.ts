import type { ChoiceEvent } from '../../../backend/choice-event.ts';
import type { TokenLogprob } from '../../../backend/generation-event.ts';
import { toCompletionUsage } from '../shared/completion-usage.ts';
import { sumUsage } from '../shared/sum-usage.ts';
import { createUsageMeter } from '../shared/usage-meter.ts';
import { toFinishReason } from './chat-completion.ts';
import type { ChatCompletionChunk, ChatCompletionChunkChoice } from './chat-completion-chunk.ts';
import type { ChatCompletionEnvelope } from './chat-completion-envelope.ts';
import { toChoiceLogprobs } from './choice-logprobs.ts';
import { type MessageEvent, toReasoning } from './message-fold.ts';
import type { AnswerOptions } from './to-chat-completion.ts';

export interface ChunkOptions extends AnswerOptions {
  /** End with a chunk that has no choices and the usage. */
  readonly includeUsage: boolean;
  /** Every chunk has the usage so far. */
  readonly tellsUsage?: boolean;
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
  { includeUsage, tellsUsage = false, choiceCount, logprobs }: ChunkOptions,
): AsyncGenerator<ChatCompletionChunk, void, undefined> {
  const meter = createUsageMeter();
  const toUsage = () => toCompletionUsage(sumUsage(meter.list(choiceCount)));
  const toChunk = (choices: ChatCompletionChunkChoice[]): ChatCompletionChunk => ({
    id: envelope.id,
    object: 'chat.completion.chunk',
    created: envelope.createdAtSeconds,
    model: envelope.model,
    system_fingerprint: envelope.systemFingerprint,
    ...(envelope.serviceTier === undefined ? {} : { service_tier: envelope.serviceTier }),
    choices,
    ...(tellsUsage ? { usage: toUsage() } : includeUsage ? { usage: null } : {}),
  });
  let open = choiceCount;
  for await (const { choice, event } of events) {
    meter.note(choice, event);
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
        open -= 1;
        yield toChunk([toChoice({}, toFinishReason(event.reason))]);
        if (open > 0) break;
        if (includeUsage) yield { ...toChunk([]), usage: toUsage() };
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
