import type { SqlDatabase } from './sql-database.ts';

/** The clock that limits run on, in milliseconds. */
export interface LimitClock {
  nowMs(): number;
  /** From now on it never returns an earlier time than this one. */
  advanceTo(atMs: number): void;
}

/**
 * Of one process, for a database that only one server uses: it begins at the calendar's time and then counts the time that
 * passes. A calendar that is set back, or forth, does not move it.
 */
export function createLimitClock(): LimitClock {
  let offsetMs = Date.now() - performance.now();
  const nowMs = () => Math.floor(performance.now() + offsetMs);
  return {
    nowMs,
    advanceTo: (atMs) => {
      offsetMs += Math.max(0, atMs - nowMs());
    },
  };
}

/** The latest time that is stored, which a process that starts may not go behind. */
export async function readLatestTime(queries: SqlDatabase['queries']): Promise<number> {
  const latest = async (times: Promise<{ readonly atMs: number | null } | undefined>) =>
    (await times)?.atMs ?? 0;
  return Math.max(
    await latest(
      queries
        .selectFrom('replicas')
        .select(({ fn }) => fn.max<number | null>('beatAtMs').as('atMs'))
        .executeTakeFirst(),
    ),
    await latest(
      queries
        .selectFrom('openRequests')
        .select(({ fn }) => fn.max<number | null>('startedAtMs').as('atMs'))
        .executeTakeFirst(),
    ),
    await latest(
      queries
        .selectFrom('limitWindows')
        .select(({ fn }) => fn.max<number | null>('startMs').as('atMs'))
        .executeTakeFirst(),
    ),
  );
}
