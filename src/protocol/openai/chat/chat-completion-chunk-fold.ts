import type { ChoiceEvent } from '../../../backend/choice-event.ts';
import type { TokenLogprob } from '../../../backend/generation-event.ts';
import type { ChunkFold } from '../shared/chunk-fold.ts';
import { toCompletionUsage } from '../shared/completion-usage.ts';
import { toStopReason } from '../shared/stop-reason.ts';
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
  readonly reportsUsage?: boolean;
}

/** The streamed answer. Its first chunk says that the first choice has `started`, the last that all have their `finish`. */
export function createChatCompletionChunkFold(
  envelope: ChatCompletionEnvelope,
  { includeUsage, reportsUsage = false, choiceCount, logprobs }: ChunkOptions,
): ChunkFold<ChatCompletionChunk> {
  const meter = createUsageMeter();
  const toUsage = () => toCompletionUsage(sumUsage(meter.list(choiceCount)), envelope.toCost);
  const toChunk = (choices: ChatCompletionChunkChoice[]): ChatCompletionChunk => ({
    id: envelope.id,
    object: 'chat.completion.chunk',
    created: envelope.createdAtSeconds,
    model: envelope.model,
    system_fingerprint: envelope.systemFingerprint,
    ...(envelope.serviceTier === undefined ? {} : { service_tier: envelope.serviceTier }),
    choices,
    ...(reportsUsage ? { usage: toUsage() } : includeUsage ? { usage: null } : {}),
  });
  let open = choiceCount;
  const toChunks = ({ choice, event }: ChoiceEvent): ChatCompletionChunk[] => {
    const toChoice = createToChoice(choice);
    switch (event.type) {
      case 'started':
        return [toChunk([toChoice({ role: 'assistant', content: '' }, null, logprobs ? [] : undefined)])];
      case 'echo':
        return [];
      case 'text-delta':
        return [toChunk([toChoice(toDelta(event), null, event.logprobs)])];
      case 'reasoning-delta':
      case 'tool-call-start':
      case 'tool-call-delta':
        return [toChunk([toChoice(toDelta(event), null)])];
      case 'finish': {
        open -= 1;
        const last = toChunk([{ ...toChoice({}, toFinishReason(event.reason)), ...toStopReason(event) }]);
        return includeUsage && open === 0 ? [last, { ...toChunk([]), usage: toUsage() }] : [last];
      }
    }
  };
  return {
    push: (event) => {
      meter.note(event.choice, event.event);
      return toChunks(event);
    },
  };
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
