import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CamelCasePlugin, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import Libsql from 'libsql';
import type { DatabaseSchema } from '../sql/database-schema.ts';
import { migrations } from '../sql/migrations.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { StoreError } from '../store-error.ts';
import type { StoreWatch } from '../store-watch.ts';
import { assertOursBeforeWriting, migrate } from './migrate.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { createSqliteDriver } from './sqlite-driver.ts';
import { toKyselyDatabase } from './to-kysely-database.ts';
import { toStoreError } from './to-store-error.ts';

/** How long opening waits for another process that is creating or migrating the same database. */
const openTimeoutMs = 10_000;
/** How long a query waits for another process's lock unless the caller says otherwise. */
const defaultBusyTimeoutMs = 250;

export interface DatabaseLimits {
  /**
   * How long a query may wait for another process's lock, in milliseconds, 0 or more; 250 unless given. The event loop
   * goes on meanwhile.
   */
  readonly busyTimeoutMs?: number;
  /** Hears of outages, and probes the file. */
  readonly watch?: StoreWatch | undefined;
}

/**
 * Opens the database file, makes it (mode 0600) and its folder (mode 0700) when they are missing, and brings its schema
 * up to date. Modes of what exists are left as the operator set them.
 *
 * Throws a `StoreError` whose message names the file and the way out.
 */
export async function openDatabase(path: string, limits: DatabaseLimits = {}): Promise<SqlDatabase> {
  // An absolute path also keeps the binding from taking a name such as `http:…` for a remote database.
  const file = resolve(path);
  try {
    await createFile(file);
    const connection = new Libsql(file, { timeout: openTimeoutMs });
    try {
      await configure(connection);
      migrate(connection, migrations);
      // From here on the driver waits: SQLite would hold the event loop.
      setBusyTimeout(connection, 0);
    } catch (error) {
      connection.close();
      throw error;
    }
    limits.watch?.setProbe({ probe: async () => probe(connection) });
    return toStorage(connection, limits);
  } catch (error) {
    throw describeFailure(file, toStoreError(error));
  }
}

function toStorage(connection: Libsql.Database, limits: DatabaseLimits): SqlDatabase {
  const { busyTimeoutMs = defaultBusyTimeoutMs, watch } = limits;
  const database = toKyselyDatabase(connection);
  const execute = (text: string) => runGuarded(() => connection.exec(text));
  return {
    queries: new Kysely<DatabaseSchema>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => createSqliteDriver({ database, execute, busyTimeoutMs, watch }),
        createIntrospector: (queries) => new SqliteIntrospector(queries),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
      plugins: [new CamelCasePlugin()],
    }),
    dialect: sqliteDialect,
    async close() {
      // Kysely's own destroy() leaves a connection open that has run no query yet.
      if (connection.open) {
        checkpoint(connection);
        database.close();
      }
    },
  };
}

/**
 * SQLite would create the file readable for everyone. Its -wal and -shm files inherit the mode of this one.
 */
async function createFile(file: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'a', 0o600);
    await handle.close();
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new StoreError('unavailable', `The file can't be written${reason}.`, error);
  }
}

async function configure(connection: Libsql.Database): Promise<void> {
  setBusyTimeout(connection, openTimeoutMs);
  // Before the first write: the database of another program must stay as it is.
  assertOursBeforeWriting(connection);
  await enableWriteAheadLog(connection);
  connection.exec('PRAGMA synchronous = NORMAL');
  connection.exec('PRAGMA foreign_keys = ON');
}

/**
 * The change to WAL mode needs the file for itself, and SQLite answers SQLITE_BUSY to it without waiting when two
 * connections try at once: the wait is ours to do.
 */
async function enableWriteAheadLog(connection: Libsql.Database): Promise<void> {
  const deadlineMs = performance.now() + openTimeoutMs;
  for (;;) {
    try {
      const [row] = connection.prepare('PRAGMA journal_mode = WAL').all();
      if (JSON.stringify(row) !== '{"journal_mode":"wal"}') {
        throw new StoreError('unavailable', 'Its file system does not support the write-ahead log.');
      }
      return;
    } catch (error) {
      const failure = toStoreError(error);
      const isBusy = failure instanceof StoreError && failure.code === 'busy';
      if (!isBusy || performance.now() > deadlineMs) {
        throw failure;
      }
      await sleep(20);
    }
  }
}

/**
 * Afterwards one file contains everything. SQLite does this when the last connection closes, but the binding
 * keeps it open until its statements are collected. Best effort: data that stays in the log is not lost.
 */
function checkpoint(connection: Libsql.Database): void {
  try {
    connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
  } catch {
    // A full disk, or another process that reads.
  }
}

/** Whether the file can be written. A transaction of this process tells that it can. */
function probe(connection: Libsql.Database): void {
  if (!connection.open || connection.inTransaction) return;
  runGuarded(() => connection.exec('BEGIN IMMEDIATE'));
  runGuarded(() => connection.exec('ROLLBACK'));
}

function runGuarded(operation: () => void): void {
  try {
    operation();
  } catch (error) {
    throw toStoreError(error);
  }
}

function setBusyTimeout(connection: Libsql.Database, busyTimeoutMs: number): void {
  connection.prepare(`PRAGMA busy_timeout = ${busyTimeoutMs}`).all();
}

function describeFailure(file: string, error: unknown): unknown {
  if (!(error instanceof StoreError)) {
    return error;
  }
  return new StoreError(
    error.code,
    `The database ${file} can't be used. ${error.message}${wayOut(error)}`,
    error,
  );
}

function wayOut({ code }: StoreError): string {
  switch (code) {
    case 'busy':
      return ' Stop the process that holds it, then try again.';
    case 'full':
      return ' Make room, then try again.';
    case 'read_only':
    case 'unavailable':
      return ' Check the path, its owner and its permissions.';
    case 'corrupt':
      return ' Restore it from a backup, or move it away to begin with an empty one.';
    case 'newer_version':
      return '';
  }
}
