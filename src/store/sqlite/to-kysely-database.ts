import type { SqliteDatabase, SqliteStatement } from 'kysely';
import type { Database } from 'libsql';
import { toStoreError } from './to-store-error.ts';

/**
 * The view of a libsql connection that Kysely's SQLite dialect asks for. libsql has the same calls as
 * better-sqlite3 already; what this adds is that every failed query is thrown as a `StoreError`.
 */
export function toKyselyDatabase(connection: Database): SqliteDatabase {
  return {
    close() {
      connection.close();
    },
    prepare(sql) {
      const statement = guard(() => connection.prepare(sql));
      return {
        reader: statement.reader,
        all: (parameters) => guard(() => statement.all(parameters)),
        run: (parameters) => guard(() => statement.run(parameters)),
        iterate: (parameters) => guardRows(() => statement.iterate(parameters)),
      } satisfies SqliteStatement;
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
