import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { onTestFinished, test } from 'vitest';
import { openDatabase as openPostgres } from '../src/store/postgres/open-database.ts';
import { openDatabase as openSqlite } from '../src/store/sqlite/open-database.ts';
import { emptyUsage, playSchedule, schedules } from './metering-schedule.ts';
import { describeWithPostgres } from './postgres-server.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** Limits, budgets and the ledger over so many random schedules, on each kind of database. */
export function defineScheduleTests(counts: { readonly sqlite: number; readonly postgres: number }): void {
  test(`over ${counts.sqlite} random schedules limits hold and the ledger is right: sqlite`, async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const folder = createTemporaryFolder();
        const database = await openSqlite(join(folder, 'gravix.db'));
        try {
          await playSchedule(schedule, database);
        } finally {
          await database.close();
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: counts.sqlite, endOnFailure: true },
    );
  });

  describeWithPostgres('on Postgres', (server) => {
    test(`over ${counts.postgres} random schedules limits hold and the ledger is right: postgres`, async () => {
      const database = await openPostgres(await server.createDatabase(), { connectionsMax: 3 });
      onTestFinished(() => database.close());
      await fc.assert(
        fc.asyncProperty(schedules, async (schedule) => {
          await emptyUsage(database);
          await playSchedule(schedule, database);
        }),
        { numRuns: counts.postgres, endOnFailure: true },
      );
    });
  });
}
