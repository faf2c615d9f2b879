import type { CompiledQuery, Kysely, RawBuilder } from 'kysely';
import type { DatabaseSchema } from './database-schema.ts';

/** The dialects that every migration is written in. */
export type SqlDialectName = 'sqlite' | 'postgres';

/** An open database with the newest schema, whichever server or file keeps it. The stores run their queries on it. */
export interface SqlDatabase {
  /** Failures of the storage itself are thrown as `StoreError`. */
  readonly queries: Kysely<DatabaseSchema>;
  readonly dialect: SqlDialect;
  /** Ends the connections; later queries fail. May be called twice. */
  close(): Promise<void>;
}

/** The SQL that differs between databases. The stores contain everything else. */
export interface SqlDialect {
  readonly name: SqlDialectName;
  /** The placeholder of a statement's parameter, counted from 1. */
  toPlaceholder(number: number): string;
  /** How many rows the next INSERT takes of those that are left, 1 or more of them. */
  toRowsOfInsert(rows: number): number;
  /** Whether the metadata of the row, a JSON object of strings, has this pair. Both may hold any character. */
  hasMetadata(key: string, value: string): RawBuilder<boolean>;
  /** Milliseconds since 1970, on the clock of the database where it has one. The same all through a statement. */
  nowMs(): RawBuilder<number>;
  /**
   * The time of the database in milliseconds, after this transaction has locked these numbers (64 bits, in
   * decimal digits). Absent: one process uses the database, transactions run one after another, and the clock
   * of the process is used. `isDeferred`: nothing needs the time, see `deferredMark`.
   */
  lockAndTellTime?(locks: readonly string[], isDeferred?: boolean): RawBuilder<{ readonly nowMs: number }>;
  /** That time as an expression; there is one where there is `lockAndTellTime`. */
  readonly limitClock?: string;
  /**
   * A number that is another one after a change by any other connection. Absent where several servers change the database
   * all the time: nothing of it is kept in memory then.
   */
  readonly othersVersion?: CompiledQuery<{ readonly dataVersion: number }>;
}
