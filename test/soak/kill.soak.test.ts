import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase as openPostgres } from '../../src/store/postgres/open-database.ts';
import { openDatabase as openSqlite } from '../../src/store/sqlite/open-database.ts';
import { expectNothingLost, killUnderLoad } from '../kill-under-load.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { createTestHome, startServerProcess } from '../server-process.ts';
import { findUsageDifferences } from '../usage-rows.ts';

/** Of each kind of database; `KILLS` sets another number. */
const kills = Number(process.env['KILLS'] ?? 100);

/** After this time a dead server of a shared database is settled by another one, in milliseconds. */
const settledMsMax = 40_000;

async function createHome(): Promise<string> {
  const home = await createTestHome();
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

test(`${kills} kills under load lose no row: sqlite`, async () => {
  const home = await createHome();
  const outcome = await killUnderLoad({ kills, home, loadMs: [200, 2500] });
  await (await startServerProcess({ home })).stop();
  const database = await openSqlite(join(home, 'gravix.db'));
  onTestFinished(() => database.close());
  const found = await expectNothingLost(database, outcome);
  expect(await findUsageDifferences(database)).toEqual([]);
  process.stdout.write(`sqlite: ${kills} kills, ${JSON.stringify(found)}\n`);
});

describeWithPostgres(
  'on Postgres',
  (server) => {
    test(`${kills} kills under load lose no row: postgres`, async () => {
      const home = await createHome();
      const url = await server.createDatabase();
      const environment = { DATABASE_URL: url };
      const outcome = await killUnderLoad({ kills, home, environment, loadMs: [200, 2500] });
      const last = await startServerProcess({ home, environment });
      const database = await openPostgres(url, { connectionsMax: 2 });
      onTestFinished(() => database.close());
      const readOpen = () => database.queries.selectFrom('openRequests').select('number').execute();
      await expect.poll(readOpen, { timeout: settledMsMax, interval: 500 }).toEqual([]);
      await sleep(3000);
      await last.stop();
      const found = await expectNothingLost(database, outcome);
      expect(await findUsageDifferences(database)).toEqual([]);
      process.stdout.write(`postgres: ${kills} kills, ${JSON.stringify(found)}\n`);
    });
  },
  { retry: 0 },
);
