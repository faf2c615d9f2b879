import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { backUpDatabase } from '../store/sqlite/back-up-database.ts';
import { restoreDatabase } from '../store/sqlite/restore-database.ts';
import { toDatabasePath } from './database-path.ts';

/** Writes keys and stored answers into one file, also beside a running server. Resolves with its size in bytes. */
export function backUp(config: Config, file: string, isForced: boolean): Promise<number> {
  return backUpDatabase({ from: toDatabasePath(config), to: file, isForced });
}

export function restore(config: Config, file: string, isForced: boolean): Promise<void> {
  return restoreDatabase({ from: file, to: toDatabasePath(config), isForced });
}

export function hasDatabase(config: Config): boolean {
  return existsSync(toDatabasePath(config));
}
