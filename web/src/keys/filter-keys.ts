import type { ApiKey, KeyStatus } from '../api/key-wire.ts';
import { toSearchWords } from '../ui/search-words.ts';

export interface KeyFilter {
  /** Words that all are somewhere in what is known of the key. */
  readonly text: string;
  readonly status: KeyStatus | 'all';
  /** Id of a project. */
  readonly project: string;
}

/** @param projectNames by id */
export function filterKeys(
  keys: readonly ApiKey[],
  { text, status, project }: KeyFilter,
  projectNames: ReadonlyMap<string, string>,
): readonly ApiKey[] {
  const words = toSearchWords(text);
  return keys.filter((key) => {
    if (status !== 'all' && key.status !== status) return false;
    if (project !== 'all' && key.project !== project) return false;
    const known = [
      ...[key.name, key.id, key.redacted_value, projectNames.get(key.project) ?? key.project],
      ...Object.entries(key.metadata).flat(),
      ...(key.models ?? []),
    ];
    const all = known.join('\n').toLowerCase();
    // Somebody who has found a key searches for all of it, of which the list has the beginning.
    return words.every((word) => all.includes(word) || isBeginning(key.redacted_value, word));
  });
}

function isBeginning(redacted: string, word: string): boolean {
  const beginning = redacted.toLowerCase().replace(/(\.{3}|…|\*+)$/, '');
  return word.startsWith('gx-') && beginning.length > 3 && word.startsWith(beginning);
}
