import { quoteInput, RequestError } from '../shared/error.ts';
import { type InputItem, isReference, type RequestedItem } from './response-item.ts';

/** Responses that the references of one request may be in. */
export const referencedResponsesMax = 1_000;

/** The id of the response that an item was made or stored with. */
const itemIdPattern = /^[a-z]+_([0-9a-f]{32})_(?:in)?\d+$/;

/** Where items are looked up. */
export interface ItemSource {
  /**
   * The items of a stored response, including the ones that it answers. Undefined if there is no such
   * response.
   */
  readItems(responseId: string): Promise<readonly InputItem[] | undefined>;
  /** The error for a reference without a target. `index` is its place in the input. */
  toMissingError(id: string, index: number): Error;
}

/**
 * The items, with each reference replaced by its target: an item of the continued conversation, or of the
 * stored response whose id is part of the item's id.
 *
 * @throws {RequestError} if there are too many references; the error of `toMissingError` for the first
 * reference without a target
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
