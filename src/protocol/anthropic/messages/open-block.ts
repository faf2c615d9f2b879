// One block of the content while it is made: its pieces, and the block when it is whole.
import { createHash } from 'node:crypto';
import type { ToolCallStartEvent } from '../../../backend/generation-event.ts';
import { parseJsonObject } from '../../openai/shared/json-object.ts';
import type { BlockDelta } from './message-event.ts';
import type { AnswerBlock } from './message-object.ts';

export interface OpenBlock {
  readonly kind: AnswerBlock['type'];
  /** The block without its pieces. */
  readonly start: AnswerBlock;
  /** A piece for the stream; undefined: it is not shown. */
  add(text: string): BlockDelta | undefined;
  /** The whole block, and the pieces that only its end has. */
  close(): { readonly block: AnswerBlock; readonly deltas: readonly BlockDelta[] };
}

export function createTextBlock(): OpenBlock {
  const texts: string[] = [];
  const toBlock = (): AnswerBlock => ({ type: 'text', text: texts.join('') });
  return {
    kind: 'text',
    start: toBlock(),
    add: (text) => {
      texts.push(text);
      return { type: 'text_delta', text };
    },
    close: () => ({ block: toBlock(), deltas: [] }),
  };
}

/** @param isShown false: the client wants to know that there was reasoning, but not what it was. */
export function createThinkingBlock(isShown: boolean): OpenBlock {
  const texts: string[] = [];
  const toBlock = (signature: string): AnswerBlock => {
    return { type: 'thinking', thinking: isShown ? texts.join('') : '', signature };
  };
  return {
    kind: 'thinking',
    start: toBlock(''),
    add: (thinking) => {
      texts.push(thinking);
      return isShown ? { type: 'thinking_delta', thinking } : undefined;
    },
    close: () => {
      const signature = toSignature(texts.join(''));
      return { block: toBlock(signature), deltas: [{ type: 'signature_delta', signature }] };
    },
  };
}

/** Clients drop a thinking block without a signature. Nobody checks it: a hash is opaque and never empty. */
function toSignature(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

export function createToolUseBlock(call: Pick<ToolCallStartEvent, 'id' | 'name'>): OpenBlock {
  const texts: string[] = [];
  const toBlock = (input: unknown): AnswerBlock => {
    return { type: 'tool_use', id: toToolUseId(call.id), name: call.name, input, caller: { type: 'direct' } };
  };
  return {
    kind: 'tool_use',
    start: toBlock({}),
    add: (text) => {
      texts.push(text);
      return { type: 'input_json_delta', partial_json: text };
    },
    // Arguments that were cut off are no object: none of them can be used.
    close: () => ({ block: toBlock(parseJsonObject(texts.join('')) ?? {}), deltas: [] }),
  };
}

/** Anthropic's prefix for ids of ours; other backends have other forms, which stay. */
function toToolUseId(id: string): string {
  return id.replace(/^call_/, 'toolu_');
}
