import type { SqliteDatabase } from 'kysely';
import type { Database, Statement } from 'libsql';
import { toStoreError } from './to-store-error.ts';

/** Prepared statements kept for reuse; Gravix has fewer different queries than this, so in practice all of them. */
const keptStatementsMax = 200;

/**
 * The connection interface that Kysely's SQLite dialect expects. libsql has the same methods as
 * better-sqlite3; this adds two things:
 * - Every failed query is thrown as a `StoreError`.
 * - Statements are cached. The dialect prepares one for each query, and libsql frees its native memory only when the
 *   garbage collector finds the small object on top: 60,000 look-ups left 500 MB behind. Reuse is safe because `all` and
 *   `run` finish a statement before they return. `iterate` does not, so it gets a new one.
 */
export function toKyselyDatabase(connection: Database): SqliteDatabase {
  const keptStatements = new Map<string, Statement>();
  const prepare = (sql: string): Statement => {
    const kept = keptStatements.get(sql);
    if (kept !== undefined) return kept;
    const statement = connection.prepare(sql);
    if (keptStatements.size >= keptStatementsMax) keptStatements.clear();
    keptStatements.set(sql, statement);
    return statement;
  };
  return {
    close() {
      keptStatements.clear();
      connection.close();
    },
    prepare(sql) {
      const statement = guard(() => prepare(sql));
      return {
        reader: statement.reader,
        all: (parameters) => guard(() => statement.all(parameters)),
        run: (parameters) => guard(() => statement.run(parameters)),
        iterate: (parameters) => guardRows(() => connection.prepare(sql).iterate(parameters)),
      };
    },
  };
}

function guard<Result>(operation: () => Result): Result {
  try {
    return operation();
  } catch (error) {
    throw toStoreError(error);
  }
}

function* guardRows(start: () => Iterable<unknown>): Generator<unknown, void> {
  try {
    yield* start();
  } catch (error) {
    throw toStoreError(error);
  }
}
