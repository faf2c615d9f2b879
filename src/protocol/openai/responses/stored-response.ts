// A response as it is kept: the answer, and every item that it answers, those of earlier responses included. A
// conversation so goes on when its beginning was removed, and is read in one go.

import { z } from 'zod';
import { parseJson } from '../../../json/parse-json.ts';
import { toListPageSchema } from '../shared/list-page.ts';
import { type InputItem, inputItemSchema, isMessageItem, type MessageItem } from './response-item.ts';
import type { WireResponse } from './response-object.ts';

export type StoredItem = InputItem & { readonly id: string };

const storedItemSchema = z
  .intersection(inputItemSchema, z.object({ id: z.string() }))
  .meta({ id: 'ResponseStoredItem' });

export const responseItemListSchema = toListPageSchema(storedItemSchema, 'ResponseItemList');

/** The items of a request, each with an id of its own and in the long form. */
export function toStoredItems(items: readonly InputItem[], responseId: string): StoredItem[] {
  const seen = new Set<string>();
  return items.map((item, index) => {
    const given = item.id ?? undefined;
    const isOwn = given !== undefined && given !== '' && !seen.has(given);
    const id = isOwn ? given : `${toPrefix(item)}_${responseId.replace(/^resp_/, '')}_in${index}`;
    seen.add(id);
    return { ...toLongForm(item), id };
  });
}

function toPrefix(item: InputItem): string {
  if (isMessageItem(item)) return 'msg';
  switch (item.type) {
    case 'function_call':
      return 'fc';
    case 'function_call_output':
      return 'fco';
    case 'reasoning':
      return 'rs';
  }
}

function toLongForm(item: InputItem): InputItem {
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

/** The conversation behind which the next response goes on. */
export function readHistory(stored: {
  readonly inputText: string;
  readonly outputText: string;
}): InputItem[] {
  return [...readStoredItems(stored), ...readStoredResponse(stored).output];
}
