import { CamelCasePlugin, Kysely, SqliteDialect } from 'kysely';
import Libsql from 'libsql';
import type { DatabaseSchema } from '../sql/database-schema.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { toKyselyDatabase } from './to-kysely-database.ts';
import { toStoreError } from './to-store-error.ts';

/** How long a query waits for another connection's lock, in milliseconds: only its own thread waits. */
const busyTimeoutMs = 5000;

/**
 * A connection to a database that was opened before, for a thread of its own. It can't write: what tries fails.
 *
 * @throws StoreError
 */
export function openForReading(file: string): Pick<SqlDatabase, 'queries'> {
  try {
    const connection = new Libsql(file, { timeout: busyTimeoutMs });
    connection.exec('PRAGMA query_only = ON');
    const database = toKyselyDatabase(connection);
    return {
      queries: new Kysely<DatabaseSchema>({
        dialect: new SqliteDialect({ database }),
        plugins: [new CamelCasePlugin()],
      }),
    };
  } catch (error) {
    throw toStoreError(error);
  }
}
