// Inserts of rows that come with every request. Their SQL is written once, where a query builder would write it again for
// each row: for the ledger that takes longer than SQLite takes to insert.
import { CompiledQuery } from 'kysely';
import type { DatabaseSchema } from './database-schema.ts';
import type { SqlValue } from './row-columns.ts';
import type { SqlDatabase, SqlDialect } from './sql-database.ts';
import { deferredMark } from './statement-marks.ts';

type Queries = SqlDatabase['queries'];
type Table = keyof DatabaseSchema;
type Column<Name extends Table> = keyof DatabaseSchema[Name] & string;

/** The values of the columns, in their order. */
type Row = readonly SqlValue[];

export interface InsertTarget<Name extends Table> {
  readonly table: Name;
  /** The same ones in the same order at each insert into the table. */
  readonly columns: readonly Column<Name>[];
}

export interface AddTarget<Name extends Table> extends InsertTarget<Name> {
  /** Some of the columns. */
  readonly key: readonly Column<Name>[];
}

/** In a transaction: a failure may show with its commit only. */
export interface RowInserts {
  insert<Name extends Table>(
    queries: Queries,
    target: InsertTarget<Name>,
    rows: readonly Row[],
  ): Promise<void>;
  /** A row whose key is in the table already adds its other columns to that one. No two of `rows` have the same key. */
  add<Name extends Table>(queries: Queries, target: AddTarget<Name>, rows: readonly Row[]): Promise<void>;
}

export function createRowInserts({
  toRowsOfInsert,
  toPlaceholder,
}: Pick<SqlDialect, 'toRowsOfInsert' | 'toPlaceholder'>): RowInserts {
  // By table and number of rows: a few hundred at most.
  const texts = new Map<string, string>();
  const run = async (
    queries: Queries,
    { table, columns }: { readonly table: string; readonly columns: readonly string[] },
    rows: readonly Row[],
    key: readonly string[],
  ) => {
    for (let start = 0, count = 0; start < rows.length; start += count) {
      count = toRowsOfInsert(rows.length - start);
      const name = `${table} ${count}`;
      const text = texts.get(name) ?? toText(table, columns, count, key, toPlaceholder);
      texts.set(name, text);
      await queries.executeQuery(CompiledQuery.raw(text, rows.slice(start, start + count).flat()));
    }
  };
  return {
    insert: (queries, target, rows) => run(queries, target, rows, []),
    add: (queries, target, rows) => run(queries, target, rows, target.key),
  };
}

function toText(
  table: string,
  columns: readonly string[],
  rows: number,
  key: readonly string[],
  toPlaceholder: SqlDialect['toPlaceholder'],
): string {
  const name = toSqlName(table);
  const places = Array.from({ length: rows }, (_, row) => {
    const own = columns.map((_, column) => toPlaceholder(row * columns.length + column + 1));
    return `(${own.join(', ')})`;
  });
  const insert = `${deferredMark}INSERT INTO ${name} (${columns.map(toSqlName).join(', ')}) VALUES ${places.join(', ')}`;
  if (key.length === 0) return insert;
  const sums = columns
    .filter((column) => !key.includes(column))
    .map(toSqlName)
    .map((column) => `${column} = ${name}.${column} + excluded.${column}`);
  return `${insert} ON CONFLICT (${key.map(toSqlName).join(', ')}) DO UPDATE SET ${sums.join(', ')}`;
}

function toSqlName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
