import type { Database } from 'libsql';
import { listMissingMigrations } from '../sql/list-missing-migrations.ts';
import type { Migration } from '../sql/migration.ts';
import { StoreError } from '../store-error.ts';

/**
 * "Grvx" in ASCII. Distinguishes our database from others
 * (https://www.sqlite.org/pragma.html#pragma_application_id).
 */
export const applicationId = 0x47727678;

/**
 * Brings the schema to the newest version, all steps in one immediate transaction: of two processes that start
 * at once, the second waits for the first and then finds nothing to do, and a failed step leaves nothing behind.
 *
 * Throws a `StoreError` with `newer_version` when a newer Gravix wrote the database, and with `corrupt` when
 * it belongs to another program.
 */
export function migrate(connection: Database, steps: readonly Pick<Migration, 'version' | 'sqlite'>[]): void {
  // Another process may hold the write lock for long, and nothing is to be written.
  if (isCurrent(connection, steps)) return;
  connection.exec('BEGIN IMMEDIATE');
  try {
    assertOurs(connection);
    const current = readNumber(connection, 'PRAGMA user_version');
    for (const step of listMissingMigrations(current, steps)) {
      connection.exec(step.sqlite);
      connection.exec(`PRAGMA user_version = ${step.version}`);
    }
    connection.exec(`PRAGMA application_id = ${applicationId}`);
    connection.exec('COMMIT');
  } catch (error) {
    // After some failures, a full disk among them, SQLite has rolled back already and a second one would throw.
    if (connection.inTransaction) {
      connection.exec('ROLLBACK');
    }
    throw error;
  }
}

function isCurrent(connection: Database, steps: readonly Pick<Migration, 'version'>[]): boolean {
  return (
    readNumber(connection, 'PRAGMA application_id') === applicationId &&
    readNumber(connection, 'PRAGMA user_version') === (steps.at(-1)?.version ?? 0)
  );
}

/**
 * The same check outside of a migration, before anything is written. It runs in one transaction: between two
 * separate reads, another process may create its tables, and the database would look like a foreign one.
 */
export function assertOursBeforeWriting(connection: Database): void {
  connection.exec('BEGIN');
  try {
    assertOurs(connection);
  } finally {
    connection.exec('COMMIT');
  }
}

/** Throws a `StoreError` with `corrupt` unless the database is empty or a Gravix one. Only reads. */
function assertOurs(connection: Database): void {
  const owner = readNumber(connection, 'PRAGMA application_id');
  const tables = readNumber(connection, 'SELECT count(*) FROM sqlite_schema');
  const isEmpty = owner === 0 && tables === 0;
  if (owner !== applicationId && !isEmpty) {
    throw new StoreError('corrupt', 'It is the database of another program.');
  }
}

/** The first column of the only row, which must be a number. */
function readNumber(connection: Database, sql: string): number {
  const [row] = connection.prepare(sql).all();
  const [value] = typeof row === 'object' && row !== null ? Object.values(row) : [];
  if (typeof value !== 'number') {
    throw new TypeError(`"${sql}" did not answer with a number.`);
  }
  return value;
}
