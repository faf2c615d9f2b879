import { setTimeout as sleep } from 'node:timers/promises';
import type {
  CompiledQuery,
  DatabaseConnection,
  Driver,
  QueryResult,
  SqliteDatabase,
  TransactionSettings,
} from 'kysely';
import { Turns } from '../sql/turns.ts';
import { StoreError } from '../store-error.ts';
import type { StoreWatch } from '../store-watch.ts';

const beginWrite = 'BEGIN IMMEDIATE';
const write = /^\s*(?:insert|update|delete|replace)\b/i;

/** The longest pause before a locked database is tried again, in milliseconds. */
const retryPauseMsMax = 16;

export interface SqliteDriverOptions {
  /** Its own busy timeout is 0: SQLite would wait in the calling thread. */
  readonly database: SqliteDatabase;
  /** Runs a statement without parameters. */
  readonly execute: (sql: string) => void;
  /** How long a query waits for another process's lock, in milliseconds. */
  readonly busyTimeoutMs: number;
  /** Hears of outages. While there is one, no query waits for a lock. */
  readonly watch?: StoreWatch | undefined;
}

/**
 * Kysely's driver for a connection that all queries of this process share. Unlike Kysely's own, it waits for the locks of
 * other processes without holding the event loop, and without holding up queries that don't need the lock.
 *
 * Every write takes the write lock when it begins. A lock that is taken later can't be waited for: what the transaction
 * has read may be outdated by then, and libsql leaves a statement open that meets a lock, which blocks later commits.
 */
export function createSqliteDriver({ database, execute, busyTimeoutMs, watch }: SqliteDriverOptions): Driver {
  const turns = new Turns();
  const waitForLock = async <Result>(attempt: () => Promise<Result>): Promise<Result> => {
    const deadlineMs = performance.now() + busyTimeoutMs;
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, retryPauseMsMax)) {
      try {
        return await attempt();
      } catch (error) {
        const leftMs = deadlineMs - performance.now();
        if (!isLocked(error) || leftMs <= 0 || watch?.failure !== undefined) {
          watch?.report(error);
          throw error;
        }
        await sleep(Math.min(pauseMs, leftMs));
      }
    }
  };
  const run = async (query: CompiledQuery): Promise<QueryResult<never>> => runStatement(database, query);
  const runWrite = async (query: CompiledQuery) => {
    execute(beginWrite);
    try {
      const result = runStatement(database, query);
      execute('COMMIT');
      return result;
    } catch (error) {
      rollBack(execute);
      throw error;
    }
  };
  const queryInTurn = (query: CompiledQuery) =>
    waitForLock(() => turns.run(() => (write.test(query.sql) ? runWrite(query) : run(query))));
  const toOpen = (connection: DatabaseConnection) => connection as SqliteConnection;

  return {
    init: async () => undefined,
    acquireConnection: async () => new SqliteConnection(run, queryInTurn),
    async beginTransaction(connection, { accessMode }: TransactionSettings) {
      const begin = accessMode === 'read only' ? 'BEGIN' : beginWrite;
      toOpen(connection).endTurn = await waitForLock(() => turns.begin(async () => execute(begin)));
    },
    commitTransaction: async () => execute('COMMIT'),
    rollbackTransaction: async () => rollBack(execute),
    releaseConnection: async (connection) => toOpen(connection).endTurn?.(),
    destroy: async () => database.close(),
  };
}

/** The failure that led here counts. After some of them SQLite has rolled back already. */
function rollBack(execute: (sql: string) => void): void {
  try {
    execute('ROLLBACK');
  } catch {
    // There is no transaction.
  }
}

class SqliteConnection implements DatabaseConnection {
  readonly #run: (query: CompiledQuery) => Promise<QueryResult<never>>;
  readonly #queryInTurn: (query: CompiledQuery) => Promise<QueryResult<never>>;
  /** Lets other queries on after a transaction; undefined outside of one. */
  endTurn: (() => void) | undefined;

  constructor(
    run: (query: CompiledQuery) => Promise<QueryResult<never>>,
    queryInTurn: (query: CompiledQuery) => Promise<QueryResult<never>>,
  ) {
    this.#run = run;
    this.#queryInTurn = queryInTurn;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return await (this.endTurn === undefined ? this.#queryInTurn(query) : this.#run(query));
  }

  // biome-ignore lint/correctness/useYield: Kysely asks for a generator, and nothing here reads a result row by row.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('Results are not streamed from SQLite: read them in pages.');
  }
}

function runStatement(database: SqliteDatabase, { sql, parameters }: CompiledQuery): QueryResult<never> {
  const statement = database.prepare(sql);
  // The type of the rows is a promise of the query that was compiled.
  if (statement.reader) return { rows: statement.all(parameters) as never[] };
  const { changes, lastInsertRowid } = statement.run(parameters);
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
}

function isLocked(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'busy';
}
