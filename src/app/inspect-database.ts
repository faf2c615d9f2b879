import { stat } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { toDatabasePlace } from '../store/postgres/to-database-place.ts';
import { checkDatabase } from '../store/sqlite/check-database.ts';
import { toDatabasePath } from './database-path.ts';
import { commandBusyTimeoutMs, openSqlDatabase } from './open-stores.ts';

export type InspectedDatabase =
  | { readonly kind: 'sqlite'; readonly path: string; readonly sizeBytes: number }
  | { readonly kind: 'postgres'; readonly place: string };

/**
 * Opens the database and, where it is a file, reads it whole. Undefined when there is no file yet.
 * @throws StoreError
 */
export async function inspectDatabase(config: Config): Promise<InspectedDatabase | undefined> {
  const path = toDatabasePath(config);
  const sizeBytes = (await stat(path).catch(() => undefined))?.size;
  if (config.databaseUrl === undefined && sizeBytes === undefined) return undefined;
  const database = await openSqlDatabase(config, { busyTimeoutMs: commandBusyTimeoutMs });
  try {
    if (config.databaseUrl !== undefined) {
      return { kind: 'postgres', place: toDatabasePlace(config.databaseUrl) };
    }
    await checkDatabase(database);
    return { kind: 'sqlite', path, sizeBytes: sizeBytes ?? 0 };
  } finally {
    await database.close();
  }
}
