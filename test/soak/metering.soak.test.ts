import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'vitest';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { playSchedule, schedules } from '../metering-schedule.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

const scheduleCount = 2000;

test(`over ${scheduleCount} random schedules limits hold and the ledger is right`, async () => {
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      const folder = createTemporaryFolder();
      const database = await openDatabase(join(folder, 'gravix.db'));
      try {
        await playSchedule(schedule, database);
      } finally {
        await database.close();
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: scheduleCount, endOnFailure: true },
  );
});
