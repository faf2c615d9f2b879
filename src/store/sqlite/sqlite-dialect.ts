import { CompiledQuery, sql } from 'kysely';
import type { SqlDialect } from '../sql/sql-database.ts';

export const sqliteDialect: SqlDialect = {
  name: 'sqlite',
  toPlaceholder: () => '?',
  // One prepared statement for every number of rows.
  rowsPerInsertMax: 1,

  // Not by a JSON path: a key may hold any character, and here it is a value like any other.
  hasMetadata: (key, value) =>
    sql<boolean>`EXISTS (SELECT 1 FROM json_each(metadata) AS pair WHERE pair.key = ${key} AND pair.value = ${value})`,

  // The database is a file of this machine: its clock is ours.
  nowMs: () => sql<number>`${Date.now()}`,

  othersVersion: CompiledQuery.raw('PRAGMA data_version'),
};
