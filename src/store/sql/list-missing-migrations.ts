import { StoreError } from '../store-error.ts';
import type { Migration } from './migration.ts';

/**
 * The steps that a database of this version lacks, in order.
 * @throws StoreError `newer_version` when a newer Gravix wrote the database.
 */
export function listMissingMigrations<Step extends Pick<Migration, 'version'>>(
  current: number,
  steps: readonly Step[],
): readonly Step[] {
  const newest = steps.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new StoreError(
      'newer_version',
      `A newer version of Gravix wrote it (schema ${current}; this version knows ${newest}). Install that version again, or use another database.`,
    );
  }
  return steps.filter(({ version }) => version > current);
}
