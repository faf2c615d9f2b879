import type { ClientBase } from 'pg';
import { listMissingMigrations } from '../sql/list-missing-migrations.ts';
import type { Migration } from '../sql/migration.ts';
import { StoreError } from '../store-error.ts';

/** The table with one row that holds the version, and by which our tables are known. */
const versionTable = 'gravix_schema_version';

/** "Grvx" in ASCII: the advisory lock that replicas take turns by. It holds within one database. */
const migrationLock = 0x47727678;

/** How long a start waits for another one's migration, in milliseconds. */
const lockTimeoutMs = 30_000;

/**
 * Brings the schema to the newest version, all steps in one transaction and under a lock: of two replicas that start at
 * once, the second waits for the first and then finds nothing to do, and a failed step leaves nothing behind.
 *
 * Throws a `StoreError` with `newer_version` when a newer Gravix wrote the database, and with `corrupt` when it has another
 * program's tables in the place of ours.
 */
export async function migrate(
  client: ClientBase,
  steps: readonly Pick<Migration, 'version' | 'postgres'>[],
): Promise<void> {
  await client.query('BEGIN');
  try {
    // A step over a large table takes its time.
    await client.query(`SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    const current = await readVersion(client);
    const missing = listMissingMigrations(current ?? 0, steps);
    // Nothing is written where nothing is missing: then a user without the privilege to make tables will do.
    if (current === undefined) await createVersionTable(client);
    for (const step of missing) {
      await client.query(step.postgres);
      await client.query(`UPDATE ${versionTable} SET version = ${step.version}`);
    }
    await client.query('COMMIT');
  } catch (error) {
    // A connection that broke has rolled back already.
    await client.query('ROLLBACK').catch(() => undefined);
    throw hasTablesOfOthers(error) ? createForeignTableError(error) : error;
  }
}

/** Undefined where we have made no table yet. */
async function readVersion(client: ClientBase): Promise<number | undefined> {
  const found = await client.query<{ isThere: boolean }>(
    `SELECT to_regclass('${versionTable}') IS NOT NULL AS "isThere"`,
  );
  if (found.rows[0]?.isThere !== true) return undefined;
  const { rows } = await client.query<{ version: number }>(`SELECT version FROM ${versionTable}`);
  return rows[0]?.version ?? 0;
}

async function createVersionTable(client: ClientBase): Promise<void> {
  await client.query(`
    CREATE TABLE ${versionTable} (version INTEGER NOT NULL);
    INSERT INTO ${versionTable} (version) VALUES (0)`);
}

/** `duplicate_table`, or `duplicate_object` for a sequence or an index. */
function hasTablesOfOthers(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && (error.code === '42P07' || error.code === '42710');
}

function createForeignTableError(error: Error): StoreError {
  return new StoreError(
    'corrupt',
    `It has a table of another program in the place of ours (${error.message}).`,
    error,
  );
}
