/** One step of the schema, in each dialect. A released migration is never edited: a change is a new one. */
export interface Migration {
  /** 1, 2, 3 …, without a gap; the database keeps the version of the last one that was applied. */
  readonly version: number;
  readonly sqlite: string;
  /** Columns that are compared or sorted are COLLATE "C": by bytes, as SQLite does it, in every locale. */
  readonly postgres: string;
}
