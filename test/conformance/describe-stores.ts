import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { openDatabase as openPostgres } from '../../src/store/postgres/open-database.ts';
import type { SqlDatabase } from '../../src/store/sql/sql-database.ts';
import { openDatabase as openSqlite } from '../../src/store/sqlite/open-database.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

/** An empty store, and a second connection to the same one; closed as the test ends. */
export interface StorePair<Store> {
  readonly store: Store;
  readonly secondConnection: Store;
}

export type OpenStores<Store> = () => Promise<StorePair<Store>>;

/** Defines the tests of a contract once for each kind of database: another kind is another entry here. */
export function describeStores<Store>(
  title: string,
  createStore: (database: SqlDatabase) => Store,
  defineTests: (open: OpenStores<Store>) => void,
): void {
  const openTwice = async (open: () => Promise<SqlDatabase>): Promise<StorePair<Store>> => {
    const first = await open();
    const second = await open();
    onTestFinished(async () => {
      await first.close();
      await second.close();
    });
    return { store: createStore(first), secondConnection: createStore(second) };
  };

  describe(`${title}: sqlite`, () => {
    defineTests(() => {
      const file = join(createTemporaryFolder(), 'gravix.db');
      return openTwice(() => openSqlite(file));
    });
  });
  describeWithPostgres(`${title}: postgres`, (server) => {
    defineTests(async () => {
      const url = await server.createDatabase();
      return openTwice(() => openPostgres(url, { connectionsMax: 2 }));
    });
  });
}
