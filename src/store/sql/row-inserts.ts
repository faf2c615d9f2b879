// Inserts of rows that come with every request. Their SQL is written once, where a query builder would write it again for
// each row: for the ledger that takes longer than SQLite takes to insert.
import { CompiledQuery, type Insertable } from 'kysely';
import type { DatabaseSchema } from './database-schema.ts';
import type { SqlDatabase, SqlDialect } from './sql-database.ts';
import { deferredMark } from './statement-marks.ts';

type Queries = SqlDatabase['queries'];
type Table = keyof DatabaseSchema;
type Column<Name extends Table> = keyof DatabaseSchema[Name] & string;

/** In a transaction: a failure may show with its commit only. */
export interface RowInserts {
  /** All of the same columns. */
  insert<Name extends Table>(
    queries: Queries,
    table: Name,
    rows: readonly Insertable<DatabaseSchema[Name]>[],
  ): Promise<void>;
  /** A row whose `key` is in the table already adds its other columns to that one. No two of `rows` have the same key. */
  add<Name extends Table>(
    queries: Queries,
    table: Name,
    key: readonly Column<Name>[],
    rows: readonly Insertable<DatabaseSchema[Name]>[],
  ): Promise<void>;
}

export function createRowInserts({
  rowsPerInsertMax,
  toPlaceholder,
}: Pick<SqlDialect, 'rowsPerInsertMax' | 'toPlaceholder'>): RowInserts {
  // By table and number of rows: a few hundred at most.
  const texts = new Map<string, string>();
  const run = async (queries: Queries, table: string, rows: readonly object[], key: readonly string[]) => {
    const [first] = rows;
    if (first === undefined) return;
    const columns = Object.keys(first);
    for (let start = 0; start < rows.length; start += rowsPerInsertMax) {
      const part = rows.slice(start, start + rowsPerInsertMax);
      const name = `${table} ${part.length}`;
      const text = texts.get(name) ?? toText(table, columns, part.length, key, toPlaceholder);
      texts.set(name, text);
      const values = part.flatMap((row) => columns.map((column) => row[column as keyof typeof row]));
      await queries.executeQuery(CompiledQuery.raw(text, values));
    }
  };
  return {
    insert: (queries, table, rows) => run(queries, table, rows, []),
    add: (queries, table, key, rows) => run(queries, table, rows, key),
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
