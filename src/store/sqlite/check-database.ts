import { sql } from 'kysely';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { StoreError } from '../store-error.ts';

/**
 * Reads the whole database and looks whether it makes sense.
 * @throws StoreError `corrupt`
 */
export async function checkDatabase({ queries }: Pick<SqlDatabase, 'queries'>): Promise<void> {
  const { rows } = await sql<{ quickCheck: string }>`PRAGMA quick_check(1)`.execute(queries);
  const [finding] = rows;
  if (finding !== undefined && finding.quickCheck !== 'ok') {
    throw new StoreError(
      'corrupt',
      'The database is damaged. Restore it from a backup, or move it away to begin with an empty one.',
    );
  }
}
