// One item of the output while it is made: which events its pieces are, and what it is in the end.
import type { RankedToken, TokenLogprob } from '../../../backend/generation-event.ts';
import { logprobMin } from '../chat/choice-logprobs.ts';
import { toEncryptedContent } from './reasoning-text.ts';
import type { UnplacedEvent } from './response-event.ts';
import type { OutputItem, OutputText, ResponseLogprob } from './response-object.ts';

export interface OpenItem {
  readonly kind: OutputItem['type'];
  open(): UnplacedEvent[];
  add(text: string, logprobs?: readonly TokenLogprob[]): UnplacedEvent[];
  /** The item as it is whole, and the events that say so. */
  close(status: 'completed' | 'incomplete'): { readonly item: OutputItem; readonly events: UnplacedEvent[] };
}

export interface ItemPlace {
  readonly item_id: string;
  readonly output_index: number;
}

export function createMessageItem(place: ItemPlace): OpenItem {
  const texts: string[] = [];
  const logprobs: OutputText['logprobs'] = [];
  const { item_id: id, output_index } = place;
  const at = { ...place, content_index: 0 as const };
  const toItem = (status: OutputItem['status'], content: OutputText[]): OutputItem => {
    return { id, type: 'message', status, role: 'assistant', content };
  };
  const toPart = (): OutputText => {
    return { type: 'output_text', text: texts.join(''), annotations: [], logprobs: [...logprobs] };
  };
  return {
    kind: 'message',
    open: () => [
      { type: 'response.output_item.added', output_index, item: toItem('in_progress', []) },
      { type: 'response.content_part.added', ...at, part: toPart() },
    ],
    add: (delta, tokens = []) => {
      const wireTokens = toResponseLogprobs(tokens);
      texts.push(delta);
      logprobs.push(...wireTokens);
      return [{ type: 'response.output_text.delta', ...at, delta, logprobs: wireTokens }];
    },
    close: (status) => {
      const part = toPart();
      const item = toItem(status, [part]);
      const { text } = part;
      return {
        item,
        events: [
          { type: 'response.output_text.done', ...at, text, logprobs: part.logprobs },
          { type: 'response.content_part.done', ...at, part },
          { type: 'response.output_item.done', output_index, item },
        ],
      };
    },
  };
}

/** @param isEncrypted the client wants the reasoning in a form to send back, too. */
export function createReasoningItem(place: ItemPlace, isEncrypted: boolean): OpenItem {
  const texts: string[] = [];
  const { item_id: id, output_index } = place;
  const at = { ...place, content_index: 0 as const };
  const toPart = () => ({ type: 'reasoning_text' as const, text: texts.join('') });
  const toItem = (status: OutputItem['status'], isWhole: boolean): OutputItem => {
    const item = { id, type: 'reasoning' as const, status, summary: [], content: isWhole ? [toPart()] : [] };
    return isEncrypted ? { ...item, encrypted_content: toEncryptedContent(texts.join('')) } : item;
  };
  return {
    kind: 'reasoning',
    open: () => [
      { type: 'response.output_item.added', output_index, item: toItem('in_progress', false) },
      { type: 'response.content_part.added', ...at, part: toPart() },
    ],
    add: (delta) => {
      texts.push(delta);
      return [{ type: 'response.reasoning_text.delta', ...at, delta }];
    },
    close: (status) => {
      const part = toPart();
      const item = toItem(status, true);
      return {
        item,
        events: [
          { type: 'response.reasoning_text.done', ...at, text: part.text },
          { type: 'response.content_part.done', ...at, part },
          { type: 'response.output_item.done', output_index, item },
        ],
      };
    },
  };
}

/** A call with the names that the client gave its tool. */
export interface CallStart {
  readonly id: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

export function createCallItem(place: ItemPlace, { id: callId, name, namespace }: CallStart): OpenItem {
  const texts: string[] = [];
  const { item_id: id, output_index } = place;
  const names = namespace === undefined ? { name } : { name, namespace };
  const toItem = (status: OutputItem['status']): OutputItem => {
    return { id, type: 'function_call', status, call_id: callId, ...names, arguments: texts.join('') };
  };
  return {
    kind: 'function_call',
    open: () => [{ type: 'response.output_item.added', output_index, item: toItem('in_progress') }],
    add: (delta) => {
      texts.push(delta);
      return [{ type: 'response.function_call_arguments.delta', ...place, delta }];
    },
    close: (status) => {
      const item = toItem(status);
      const whole = texts.join('');
      return {
        item,
        events: [
          { type: 'response.function_call_arguments.done', ...place, name, arguments: whole },
          { type: 'response.output_item.done', output_index, item },
        ],
      };
    },
  };
}

/** Unlike in chat completions, OpenAI's clients expect no null for the bytes here. */
function toResponseLogprobs(logprobs: readonly TokenLogprob[]): ResponseLogprob[] {
  return logprobs.map(({ top, ...token }) => ({
    ...toWireToken(token),
    top_logprobs: top.map(toWireToken),
  }));
}

function toWireToken({ text, bytes, logprob, ...unhandled }: RankedToken) {
  unhandled satisfies Record<string, never>;
  return { token: text, bytes: [...(bytes ?? [])], logprob: Math.max(logprob, logprobMin) };
}
