import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { backUpDatabase } from '../store/sqlite/back-up-database.ts';
import { restoreDatabase } from '../store/sqlite/restore-database.ts';
import { StoreError } from '../store/store-error.ts';
import { toDatabasePath } from './database-path.ts';

/**
 * Backs up keys and stored answers to one file. The server may be running. Resolves with the size in bytes.
 */
export function backUp(config: Config, file: string, isForced: boolean): Promise<number> {
  return backUpDatabase({ from: toDatabasePath(config), to: file, isForced });
}

export function restore(config: Config, file: string, isForced: boolean): Promise<void> {
  return restoreDatabase({ from: file, to: toDatabasePath(config), isForced });
}

export function hasDatabase(config: Config): boolean {
  return existsSync(toDatabasePath(config));
}

/**
 * A copy of a file that no server uses would be taken for a backup.
 * @throws StoreError where Postgres keeps everything.
 */
export function assertDatabaseFile({ databaseUrl }: Config): void {
  if (databaseUrl === undefined) return;
  throw new StoreError(
    'unavailable',
    'Keys and stored answers are in Postgres, as DATABASE_URL says: pg_dump backs them up, and pg_restore restores them. docs/guides/postgres.md shows how.',
  );
}
