// A server that is killed under load loses no row: what it was working on is found as interrupted.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { expectNothingLost, killUnderLoad } from '../kill-under-load.ts';
import { createTestHome, startServerProcess } from '../server-process.ts';

/** `npm run soak` kills more often. */
const kills = 3;

let home: string;

beforeAll(async () => {
  home = await createTestHome();
});

afterAll(() => rm(home, { recursive: true, force: true }));

test(`${kills} kills under load lose no row but those in flight, which are interrupted`, async () => {
  const outcome = await killUnderLoad({ kills, home, loadMs: [1500, 3000] });
  const last = await startServerProcess({ home });
  await last.stop();
  const database = await openDatabase(join(home, 'gravix.db'));
  try {
    await expectNothingLost(database, outcome);
  } finally {
    await database.close();
  }
});
