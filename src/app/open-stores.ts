import type { Config } from '../config/config.ts';
import type { CompletionStore } from '../store/completion-store.ts';
import type { KeyStore } from '../store/key-store.ts';
import { createSqlCompletionStore } from '../store/sql/sql-completion-store.ts';
import type { SqlDatabase } from '../store/sql/sql-database.ts';
import { createSqlKeyStore } from '../store/sql/sql-key-store.ts';
import { openDatabase } from '../store/sqlite/open-database.ts';
import { toDatabasePath } from './database-path.ts';

/** Everything that outlives the process, in one database. */
export interface OpenedStores {
  readonly keys: KeyStore;
  readonly completions: CompletionStore;
  close(): Promise<void>;
}

export interface StoreLimits {
  /** How long a query may wait for another process, in milliseconds; short in a server, whose streams wait with it. */
  readonly busyTimeoutMs: number;
}

/** @throws StoreError */
export async function openStores(config: Config, { busyTimeoutMs }: StoreLimits): Promise<OpenedStores> {
  return toStores(await openDatabase(toDatabasePath(config), { busyTimeoutMs }));
}

function toStores(database: SqlDatabase): OpenedStores {
  return {
    keys: createSqlKeyStore(database),
    completions: createSqlCompletionStore(database),
    close: () => database.close(),
  };
}
