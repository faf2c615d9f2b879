import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { SqlDatabase } from '../../src/store/sql/sql-database.ts';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

/** An empty store, and a second connection to the same one; closed as the test ends. */
export interface StorePair<Store> {
  readonly store: Store;
  readonly secondConnection: Store;
}

export async function openSqliteTwice<Store>(
  createStore: (database: SqlDatabase) => Store,
): Promise<StorePair<Store>> {
  const file = join(createTemporaryFolder(), 'gravix.db');
  const first = await openDatabase(file);
  const second = await openDatabase(file);
  onTestFinished(async () => {
    await first.close();
    await second.close();
  });
  return { store: createStore(first), secondConnection: createStore(second) };
}
