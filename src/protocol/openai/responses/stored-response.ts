// A stored response: the answer and every item that it answers, including the ones from earlier responses. So
// a conversation can continue after its beginning was deleted, and one read returns all of it.

import { z } from 'zod';
import { parseJson } from '../../../json/parse-json.ts';
import { toListPageSchema } from '../shared/list-page.ts';
import { type HostedItem, isHostedItem } from './hosted-items.ts';
import { type InputItem, inputItemSchema, isMessageItem, type MessageItem } from './response-item.ts';
import type { WireResponse } from './response-object.ts';

export type StoredItem = InputItem & { readonly id: string };

export const storedItemSchema = z
  .intersection(inputItemSchema, z.object({ id: z.string() }))
  .meta({ id: 'ResponseStoredItem' });

export const responseItemListSchema = toListPageSchema(storedItemSchema, 'ResponseItemList');

/** In milliseconds since 1970. */
export function toCreatedAtMs({ created_at: seconds }: WireResponse): number {
  return seconds * 1000;
}

/** The items of a request in the long form, each with an id, without the ones that are left out. */
export function toStoredItems(items: readonly InputItem[], responseId: string): StoredItem[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    if (isHostedItem(item)) return [];
    const given = item.id ?? undefined;
    const isOwn = given !== undefined && given !== '' && !seen.has(given);
    const id = isOwn ? given : `${toPrefix(item)}_${responseId.replace(/^resp_/, '')}_in${index}`;
    seen.add(id);
    return { ...toLongForm(item), id };
  });
}

type KeptItem = Exclude<InputItem, HostedItem>;

function toPrefix(item: KeptItem): string {
  if (isMessageItem(item)) return 'msg';
  switch (item.type) {
    case 'function_call':
      return 'fc';
    case 'function_call_output':
      return 'fco';
    case 'custom_tool_call':
      return 'ctc';
    case 'custom_tool_call_output':
      return 'ctco';
    case 'reasoning':
      return 'rs';
    case 'compaction':
      return 'cmp';
  }
}

function toLongForm(item: KeptItem): KeptItem {
  if (item.type === 'compaction') return item;
  const status = item.status ?? 'completed';
  return isMessageItem(item) ? { ...toLongMessage(item), type: 'message', status } : { ...item, status };
}

function toLongMessage(item: MessageItem): MessageItem {
  if (typeof item.content !== 'string') return item;
  const text = item.content;
  return item.role === 'assistant'
    ? { ...item, content: [{ type: 'output_text', text }] }
    : { ...item, content: [{ type: 'input_text', text }] };
}

export function readStoredItems({ inputText }: { readonly inputText: string }): StoredItem[] {
  return JSON.parse(inputText) as StoredItem[];
}

export function readStoredResponse({ outputText }: { readonly outputText: string }): WireResponse {
  return parseJson(outputText) as WireResponse;
}

/** The conversation that the next response continues. */
export function readHistory(stored: {
  readonly inputText: string;
  readonly outputText: string;
}): InputItem[] {
  return [...readStoredItems(stored), ...readStoredResponse(stored).output];
}
