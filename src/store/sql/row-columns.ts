import { numberOf } from './usage-names.ts';

/** A value of a statement's parameter. */
export type SqlValue = string | number | null;

/**
 * How each column of a table comes from a record. A row is an array of values in this order: for tables with a row for each
 * request, objects of 30 properties are a good part of the memory that a request takes.
 */
export type RowColumns<Table, Source> = {
  readonly [Column in Exclude<keyof Table, 'id'>]: (
    source: Source,
    ids: ReadonlyMap<string, number>,
  ) => SqlValue;
};

export interface RowShape<Column extends string, Source> {
  readonly columns: readonly Column[];
  toValues(source: Source, ids: ReadonlyMap<string, number>): readonly SqlValue[];
}

export function createRowShape<Table, Source>(
  columns: RowColumns<Table, Source>,
): RowShape<Exclude<keyof Table, 'id'> & string, Source> {
  const names = Object.keys(columns) as (Exclude<keyof Table, 'id'> & string)[];
  const makers = names.map((name) => columns[name]);
  return { columns: names, toValues: (source, ids) => makers.map((make) => make(source, ids)) };
}

/** The number of a word that a row may lack. */
export function numberOrNull(ids: ReadonlyMap<string, number>, name: string | undefined): number | null {
  return name === undefined ? null : numberOf(ids, name);
}
