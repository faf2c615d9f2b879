import type { FilterKind, ModelsFilter } from '../../protocol/openai/models/models-query.ts';

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
    q
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
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
