import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { expectWithin } from '../../../test/expect-within.ts';
import { describeWithPostgres } from '../../../test/postgres-server.ts';
import { type StoreState, StoreWatch } from '../store-watch.ts';
import { openDatabase } from './open-database.ts';

async function openWatched(url: string, connectionsMax: number) {
  const states: StoreState[] = [];
  const watch = new StoreWatch({ onChange: (state) => states.push(state) });
  const database = await openDatabase(url, { connectionsMax, watch });
  onTestFinished(async () => {
    watch.close();
    await database.close();
  });
  const sleepSeconds = (seconds: number) => sql`SELECT pg_sleep(${seconds})`.execute(database.queries);
  return { database, states, sleepSeconds };
}

const hung = { failure: { isOutage: true } };

describeWithPostgres('the sign of life of a Postgres', (server) => {
  it('tells slow queries and new connections from an outage', async () => {
    // A machine that stands still is no sign of life either, so it has more than one try.
    const askSlowly = async () => {
      const { states, sleepSeconds } = await openWatched(await server.createDatabase(), 12);
      await Promise.all(Array.from({ length: 24 }, () => sleepSeconds(0.3)));
      return states;
    };
    await expect.poll(askSlowly).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')(
    'is missed within 100 ms from one that hangs, whatever runs',
    async () => {
      const { database, states, sleepSeconds } = await openWatched(await server.createDatabase(), 4);
      await sleepSeconds(0);
      let outages = 0;
      for (const startsBefore of [true, false]) {
        // 100 ms, and what a busy machine takes.
        await expectWithin(200, async () => {
          outages += 1;
          const early = startsBefore ? sleepSeconds(0.2) : undefined;
          server.pause();
          const beganMs = performance.now();
          let missedMs = 0;
          try {
            await expect(early ?? sleepSeconds(0)).rejects.toMatchObject(hung.failure);
            missedMs = performance.now() - beganMs;
          } finally {
            server.resume();
          }
          await expect.poll(() => states.at(-1), { timeout: 20_000 }).toEqual({ failure: undefined });
          await sql`SELECT 1`.execute(database.queries);
          return missedMs;
        });
      }
      expect(states).toMatchObject(Array.from({ length: outages }, () => [hung, {}]).flat());
    },
    60_000,
  );

  it.skipIf(process.platform !== 'linux')('is still looked for where its connection was cut', async () => {
    const { database, states, sleepSeconds } = await openWatched(await server.createDatabase(), 4);
    const others = sql`FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    await sql`SELECT pg_terminate_backend(pid) ${others}`.execute(database.queries);
    const isBack = async () => {
      const { rows } = await sql`SELECT pid ${others}`.execute(database.queries);
      return rows.length > 0;
    };
    await expect.poll(isBack, { timeout: 5000 }).toBe(true);
    expect(states).toEqual([]);
    server.pause();
    try {
      await expect(sleepSeconds(0)).rejects.toMatchObject(hung.failure);
    } finally {
      server.resume();
    }
    await expect.poll(() => states.at(-1), { timeout: 10_000 }).toEqual({ failure: undefined });
  });
});
