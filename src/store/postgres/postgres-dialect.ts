import { sql } from 'kysely';
import type { SqlDialect } from '../sql/sql-database.ts';
import { deferredMark, preparedMark } from '../sql/statement-marks.ts';

/** A pair of strings in JSON that JSON.stringify wrote, read from its beginning. */
const jsonPair = String.raw`("(?:[^"\\]|\\.)*"):("(?:[^"\\]|\\.)*")`;

/** Unlike `now()`, it goes on in a transaction that waits for a lock. */
const limitClock = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

export const postgresDialect: SqlDialect = {
  name: 'postgres',
  toPlaceholder: (number) => `$${number}`,
  // As many as one round trip can take: a statement has 65,535 parameters at most; a row of the ledger is 28 of them.
  toRowsOfInsert: (rows) => Math.min(rows, 100),

  // Not by json_each: it refuses a whole text that has an escaped NUL or a lone surrogate. JSON.stringify has one spelling
  // for a string, so that spellings can be compared.
  hasMetadata: (key, value) =>
    sql<boolean>`EXISTS (
      SELECT 1 FROM regexp_matches(metadata, ${jsonPair}, 'g') AS pair
      WHERE pair[1] = ${JSON.stringify(key)} AND pair[2] = ${JSON.stringify(value)}
    )`,

  nowMs: () => sql<number>`floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint`,

  limitClock,

  // An array's elements come in their order; two transactions that want the same locks take them in the same one. A bitmap scan
  // would read open requests again and again that ended since the last vacuum; an index scan removes them from the index.
  lockAndTellTime: (locks, isDeferred = false) =>
    sql<{ readonly nowMs: number }>`${sql.raw(`${isDeferred ? deferredMark : ''}${preparedMark}`)}
      SELECT ${sql.raw(limitClock)} AS now_ms
      FROM (SELECT count(*) FROM (SELECT pg_advisory_xact_lock(number) FROM unnest(${locks}::bigint[]) AS number) AS taken) AS locked,
        set_config('enable_bitmapscan', 'off', true) AS planning
    `,
};
