import type { FieldChange } from './client.ts';
import { isPlainObject } from './plain-object.ts';

/** A file whose content does not allow a change. The message is a part of a sentence: `it …`. */
export class UnchangeableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnchangeableError';
  }
}

/** A field of a file: names from the root, and the places of items in lists. */
export type ValuePath = readonly (string | number)[];

/** One field with its new value, which is no object unless the object is new and empty, or a new item of a list. */
export interface LeafChange {
  readonly path: ValuePath;
  readonly value: unknown;
}

/**
 * The fields that a change sets in this content: those of an object one by one, so that its other fields stay.
 * @throws UnchangeableError if something else is where an object or a list must be
 */
export function toLeafChanges(content: unknown, change: FieldChange): readonly LeafChange[] {
  const { path, value, itemKeys, isDefault = false } = change;
  const at = path.reduce<unknown>((inside, name, depth) => {
    if (inside === undefined || inside === null) return undefined;
    if (!isPlainObject(inside)) throw new UnchangeableError(describePlace(path.slice(0, depth), 'an object'));
    return inside[name];
  }, content);
  if (isDefault && at !== undefined) return [];
  if (itemKeys === undefined) return listLeaves(path, at, value);
  const items = at ?? [];
  if (!Array.isArray(items)) throw new UnchangeableError(describePlace(path, 'a list'));
  const same = items.findIndex((item) => isSameItem(item, value, itemKeys));
  return same === -1
    ? [{ path: [...path, items.length], value }]
    : listLeaves([...path, same], items[same], value);
}

function listLeaves(path: ValuePath, before: unknown, value: unknown): readonly LeafChange[] {
  if (isPlainObject(value)) {
    const fields = before ?? {};
    if (!isPlainObject(fields)) throw new UnchangeableError(describePlace(path, 'an object'));
    return Object.entries(value).flatMap(([name, part]) => listLeaves([...path, name], fields[name], part));
  }
  if (isPlainObject(before)) throw new UnchangeableError(describePlace(path, 'a value'));
  return [{ path, value }];
}

function isSameItem(item: unknown, value: unknown, keys: readonly string[]): boolean {
  if (!(isPlainObject(item) && isPlainObject(value))) return false;
  return keys.every((key) => item[key] === value[key]);
}

function describePlace(path: ValuePath, wanted: string): string {
  const place = path.length === 0 ? 'its content' : `its field ${path.join('.')}`;
  return `${place} is not ${wanted}`;
}

/** The content with a change, without touching the given one. Fields around the change stay. */
export function changeValue(content: unknown, { path: [name, ...path], value }: LeafChange): unknown {
  if (name === undefined) return value;
  if (typeof name === 'number') {
    const items = Array.isArray(content) ? [...content] : [];
    items[name] = changeValue(items[name], { path, value });
    return items;
  }
  const fields = isPlainObject(content) ? content : {};
  return { ...fields, [name]: changeValue(fields[name], { path, value }) };
}
