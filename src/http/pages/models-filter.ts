import type { FilterKind, ModelOrder, ModelsFilter } from '../../protocol/openai/models/models-query.ts';
import { toSearchWords } from './search-words.ts';

/** The searchable text of a model. The script of the page searches in the same way. */
export interface Searchable {
  readonly kind: FilterKind;
  /** In small letters. */
  readonly text: string;
  readonly capabilities: readonly string[];
}

/** All words of the search are somewhere in the text, in any order, and the choices hold. */
export function isShown({ q, capability, show }: ModelsFilter, searchable: Searchable): boolean {
  const { kind, text, capabilities } = searchable;
  return (
    (show === '' || show === kind) &&
    (capability === '' || capabilities.includes(capability)) &&
    toSearchWords(q).every((word) => text.includes(word))
  );
}

/** Nothing is searched and nothing chosen. */
export function isEverything({ q, capability, show }: ModelsFilter): boolean {
  return q.trim() === '' && capability === '' && show === '';
}

export function toSearchText(parts: readonly (string | null | undefined)[]): string {
  return parts
    .filter((part) => part !== null && part !== undefined)
    .join(' ')
    .toLowerCase();
}

interface Sortable {
  readonly name: string;
  readonly sizeBytes: number | undefined;
}

/** In the given order; models of unknown size come last. Names count their numbers: `7b` comes before `13b`. */
export function sortModels<Item>(
  items: readonly Item[],
  order: ModelOrder | '',
  toSortable: (item: Item) => Sortable,
): readonly Item[] {
  if (order === '') return items;
  return items.toSorted((one, other) => compare(toSortable(one), toSortable(other), order));
}

const names = new Intl.Collator('en', { numeric: true });

function compare(one: Sortable, other: Sortable, order: ModelOrder): number {
  if (order === 'name') return names.compare(one.name, other.name);
  const unknown = order === 'smallest' ? Number.POSITIVE_INFINITY : 0;
  const [first = unknown, second = unknown] = [one.sizeBytes, other.sizeBytes];
  if (first === second) return names.compare(one.name, other.name);
  return order === 'smallest' ? first - second : second - first;
}
