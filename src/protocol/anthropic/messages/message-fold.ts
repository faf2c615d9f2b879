// A message while it is made. Every event of a generation becomes the events of the stream; the plain answer is the fold
// of the same events.
import type { FinishEvent, GenerationEvent, StartedEvent } from '../../../backend/generation-event.ts';
import type { ToCost } from '../../openai/shared/completion-usage.ts';
import type { MessageEvent } from './message-event.ts';
import {
  type AnswerBlock,
  toMessageDeltaUsage,
  toMessageUsage,
  toStopFields,
  type WireMessage,
} from './message-object.ts';
import type { MessageRequest } from './message-request.ts';
import { createTextBlock, createThinkingBlock, createToolUseBlock, type OpenBlock } from './open-block.ts';

export interface MessageFoldOptions {
  readonly id: string;
  /** The name in the request. */
  readonly model: string;
  /** Of the request. A default of the model that ends the answer is not reported. */
  readonly stopSequences: readonly string[];
  readonly showsThinking: boolean;
  /** undefined: the model has no price. */
  readonly toCost: ToCost | undefined;
}

/** What the answer to this request depends on. */
export function toMessageFoldOptions(
  { model, stop_sequences, thinking }: Pick<MessageRequest, 'model' | 'stop_sequences' | 'thinking'>,
  id: string,
  toCost: ToCost | undefined,
): MessageFoldOptions {
  const isOmitted = thinking && 'display' in thinking && thinking.display === 'omitted';
  return { id, model, stopSequences: stop_sequences ?? [], showsThinking: !isOmitted, toCost };
}

export interface MessageFold {
  add(event: GenerationEvent): MessageEvent[];
  /** The message, once `finish` was added. */
  finish(): WireMessage;
}

export function createMessageFold(options: MessageFoldOptions): MessageFold {
  const { stopSequences, showsThinking, toCost } = options;
  const content: AnswerBlock[] = [];
  let open: OpenBlock | undefined;
  let message: WireMessage | undefined;
  const close = (): MessageEvent[] => {
    if (open === undefined) return [];
    const index = content.length;
    const { block, deltas } = open.close();
    content.push(block);
    open = undefined;
    return [
      ...deltas.map((delta) => ({ type: 'content_block_delta' as const, index, delta })),
      { type: 'content_block_stop', index },
    ];
  };
  const begin = (block: OpenBlock): MessageEvent[] => {
    const closing = close();
    open = block;
    return [...closing, { type: 'content_block_start', index: content.length, content_block: block.start }];
  };
  const add = (text: string): MessageEvent[] => {
    const delta = open?.add(text);
    return delta === undefined ? [] : [{ type: 'content_block_delta', index: content.length, delta }];
  };
  const goOn = (kind: 'text' | 'thinking', text: string): MessageEvent[] => {
    if (open?.kind === kind) return add(text);
    const begun = begin(kind === 'text' ? createTextBlock() : createThinkingBlock(showsThinking));
    return [...begun, ...add(text)];
  };
  const finish = ({ reason, stopSequence, usage }: FinishEvent): MessageEvent[] => {
    const closing = close();
    const isAsked = stopSequence !== undefined && stopSequences.includes(stopSequence);
    const delta = toStopFields(reason, isAsked ? stopSequence : undefined);
    const deltaUsage = toMessageDeltaUsage(usage, toCost);
    message = { ...toOpening(options), ...delta, content, usage: toMessageUsage(deltaUsage) };
    return [
      ...closing,
      { type: 'message_delta', delta, usage: deltaUsage, context_management: null },
      { type: 'message_stop' },
    ];
  };
  return {
    add: (event) => {
      switch (event.type) {
        case 'started':
          return [{ type: 'message_start', message: toOpening(options, event) }];
        case 'text-delta':
          return goOn('text', event.text);
        case 'reasoning-delta':
          return goOn('thinking', event.text);
        case 'tool-call-start':
          return begin(createToolUseBlock(event));
        case 'tool-call-delta':
          return add(event.argumentsText);
        case 'echo':
          return [];
        case 'finish':
          return finish(event);
      }
    },
    finish: () => {
      if (message === undefined) throw new Error('The generation ended without a finish event.');
      return message;
    },
  };
}

/** What is known at the start. The counts of tokens are final in the last events. */
function toOpening(
  { id, model }: MessageFoldOptions,
  { promptTokens = 0, cachedTokens = 0 }: Partial<StartedEvent> = {},
): WireMessage {
  const usage = { promptTokens, cachedTokens, completionTokens: 0, reasoningTokens: 0 };
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    context_management: null,
    usage: toMessageUsage(toMessageDeltaUsage(usage)),
  };
}

/**
 * The plain answer.
 *
 * @throws {Error} when the events end before `finish`, which no backend may do; what they throw goes through.
 */
export async function toWireMessage(
  events: AsyncIterable<{ readonly event: GenerationEvent }>,
  fold: MessageFold,
): Promise<WireMessage> {
  for await (const { event } of events) {
    fold.add(event);
    if (event.type === 'finish') break;
  }
  return fold.finish();
}
