import type { Config } from '../config/config.ts';
import type { BudgetNoticeStore } from '../store/budget-notice-store.ts';
import type { CompletionStore } from '../store/completion-store.ts';
import type { IdempotencyStore } from '../store/idempotency-store.ts';
import type { KeyStore } from '../store/key-store.ts';
import { createSqlBudgetNoticeStore } from '../store/sql/sql-budget-notice-store.ts';
import { createSqlCompletionStore } from '../store/sql/sql-completion-store.ts';
import type { SqlDatabase } from '../store/sql/sql-database.ts';
import { createSqlIdempotencyStore } from '../store/sql/sql-idempotency-store.ts';
import { createSqlKeyStore } from '../store/sql/sql-key-store.ts';
import { createSqlUsageReportStore } from '../store/sql/sql-usage-report-store.ts';
import { createSqlUsageStore } from '../store/sql/sql-usage-store.ts';
import { createReportWorker } from '../store/sqlite/create-report-worker.ts';
import { openDatabase as openSqlite } from '../store/sqlite/open-database.ts';
import type { StoreWatch } from '../store/store-watch.ts';
import type { UsageReportStore } from '../store/usage-report-store.ts';
import type { UsageStore } from '../store/usage-store.ts';
import { toDatabasePath } from './database-path.ts';

/** Everything that outlives the process, in one database. */
export interface OpenedStores {
  readonly keys: KeyStore;
  readonly completions: CompletionStore;
  readonly usage: UsageStore;
  /** SQLite: in a thread, so that long reports hold nothing. */
  readonly reports: UsageReportStore;
  readonly idempotency: IdempotencyStore;
  readonly budgetNotices: BudgetNoticeStore;
  close(): Promise<void>;
}

export interface StoreLimits {
  /** SQLite: how long a query may wait for another process, in milliseconds. */
  readonly busyTimeoutMs: number;
  /** Postgres: called when an idle connection breaks. */
  readonly onConnectionLost?: (error: unknown) => void;
  /** For a server, which goes on while the database does not answer. */
  readonly watch?: StoreWatch;
}

/** How long a command waits for another process that writes to the database, in milliseconds. */
export const commandBusyTimeoutMs = 5000;

/** @throws StoreError */
export async function openStores(config: Config, limits: StoreLimits): Promise<OpenedStores> {
  const database = await openSqlDatabase(config, limits);
  if (config.databaseUrl !== undefined) {
    return { ...toStores(database), reports: createSqlUsageReportStore(database) };
  }
  const reports = createReportWorker(toDatabasePath(config));
  return {
    ...toStores(database),
    reports,
    close: async () => {
      await reports.close();
      await database.close();
    },
  };
}

/**
 * Postgres where the configuration names one, else the SQLite file of the data folder.
 * @throws StoreError
 */
export async function openSqlDatabase(config: Config, limits: StoreLimits): Promise<SqlDatabase> {
  const { databaseUrl, databaseConnectionsMax: connectionsMax } = config;
  const { busyTimeoutMs, onConnectionLost = () => undefined, watch } = limits;
  const watching = watch === undefined ? {} : { watch };
  if (databaseUrl === undefined) return openSqlite(toDatabasePath(config), { busyTimeoutMs, ...watching });
  // The driver is loaded only where there is something to drive.
  const { openDatabase: openPostgres } = await import('../store/postgres/open-database.ts');
  return openPostgres(databaseUrl, { connectionsMax, onConnectionLost, ...watching });
}

function toStores(database: SqlDatabase): Omit<OpenedStores, 'reports'> {
  return {
    keys: createSqlKeyStore(database),
    completions: createSqlCompletionStore(database),
    usage: createSqlUsageStore(database),
    idempotency: createSqlIdempotencyStore(database),
    budgetNotices: createSqlBudgetNoticeStore(database),
    close: () => database.close(),
  };
}
