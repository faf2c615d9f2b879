import { CompiledQuery, sql } from 'kysely';
import type { SqlDialect } from '../sql/sql-database.ts';

/** A row of the ledger has 28 parameters, and SQLite takes 32,766. */
const rowsPerInsertMax = 32;

export const sqliteDialect: SqlDialect = {
  name: 'sqlite',
  toPlaceholder: () => '?',
  // A power of two: few statements are prepared. One for several rows takes two thirds of the time of one for each.
  toRowsOfInsert: (rows) => 2 ** Math.floor(Math.log2(Math.min(rows, rowsPerInsertMax))),

  // Not by a JSON path: a key may hold any character, and here it is a value like any other.
  hasMetadata: (key, value) =>
    sql<boolean>`EXISTS (SELECT 1 FROM json_each(metadata) AS pair WHERE pair.key = ${key} AND pair.value = ${value})`,

  // The database is a file of this machine: its clock is ours.
  nowMs: () => sql<number>`${Date.now()}`,

  othersVersion: CompiledQuery.raw('PRAGMA data_version'),
};
