import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openDatabase, type SqliteStorage } from '../../src/store/sqlite/open-database.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

/** An empty store, and a second connection to the same one; closed as the test ends. */
export interface StorePair<Store> {
  readonly store: Store;
  readonly secondConnection: Store;
}

export async function openSqliteTwice<Store>(
  createStore: (queries: SqliteStorage['queries']) => Store,
): Promise<StorePair<Store>> {
  const file = join(createTemporaryFolder(), 'gravix.db');
  const first = await openDatabase(file);
  const second = await openDatabase(file);
  onTestFinished(async () => {
    await first.close();
    await second.close();
  });
  return { store: createStore(first.queries), secondConnection: createStore(second.queries) };
}
