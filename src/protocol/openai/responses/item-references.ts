import { quoteInput, RequestError } from '../shared/error.ts';
import { type InputItem, isReference, type RequestedItem } from './response-item.ts';

/** Responses that the references of one request may be in. */
export const referencedResponsesMax = 1_000;

/** The id of the response that an item was made or stored with. */
const itemIdPattern = /^[a-z]+_([0-9a-f]{32})_(?:in)?\d+$/;

/** Where items are looked up. */
export interface ItemSource {
  /** Of a stored response, those that it answers among them; undefined: there is no such response. */
  readItems(responseId: string): Promise<readonly InputItem[] | undefined>;
  /** What is thrown for a reference to nothing; `index` says where in the input it stands. */
  toMissingError(id: string, index: number): Error;
}

/**
 * The items, each reference replaced by what it stands for: an item of the conversation that the request goes on from, or of
 * the stored response whose id is part of its own.
 *
 * @throws {RequestError} for too many of them, and what `toMissingError` makes for the first that is not there.
 */
export async function resolveReferences(
  items: readonly RequestedItem[],
  history: readonly InputItem[],
  { readItems, toMissingError }: ItemSource,
): Promise<readonly InputItem[]> {
  const known = new Map<string, InputItem>();
  const note = (more: readonly InputItem[]) => {
    for (const item of more) if (typeof item.id === 'string' && !known.has(item.id)) known.set(item.id, item);
  };
  note(history);
  note(items.flatMap((item) => (isReference(item) ? [] : [item])));
  const read = new Set<string>();
  const resolved: InputItem[] = [];
  for (const [index, item] of items.entries()) {
    if (!isReference(item)) {
      resolved.push(item);
      continue;
    }
    const hex = itemIdPattern.exec(item.id)?.[1];
    if (!known.has(item.id) && hex !== undefined && !read.has(hex)) {
      read.add(hex);
      if (read.size > referencedResponsesMax) throw createTooManyError(index);
      note((await readItems(`resp_${hex}`)) ?? []);
    }
    const found = known.get(item.id);
    if (found === undefined) throw toMissingError(item.id, index);
    resolved.push(found);
  }
  return resolved;
}

/** In OpenAI's sentence. */
export function toMissingItemMessage(id: string): string {
  return `Item with id ${quoteInput(id)} not found. Items are not persisted when 'store' is set to false. Try again with 'store' set to true, or remove this item from your input.`;
}

function createTooManyError(index: number): RequestError {
  const message = `Invalid value for 'input[${index}].id': the items of more than ${referencedResponsesMax} responses can't be referred to. Go on from the last one with 'previous_response_id'.`;
  return new RequestError([{ code: 'invalid_value', param: `input[${index}].id`, message }]);
}
