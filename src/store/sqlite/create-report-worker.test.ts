import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import { createLedgerRow } from '../../../test/usage-rows.ts';
import { createSqlUsageStore } from '../sql/sql-usage-store.ts';
import type { UsageQuestion } from '../usage-report-store.ts';
import { createReportWorker, type ReportLimits } from './create-report-worker.ts';
import { openDatabase } from './open-database.ts';
import { openForReading } from './open-for-reading.ts';

const question: UsageQuestion = {
  source: 'sums',
  fromMs: 0,
  toMs: 10 ** 13,
  bucketMs: undefined,
  groupBy: ['model'],
  filter: {},
  hasTimes: false,
  groupsMax: 10,
};

async function openWorker(limits?: ReportLimits) {
  const file = join(createTemporaryFolder(), 'gravix.db');
  const database = await openDatabase(file);
  const worker = createReportWorker(file, limits);
  onTestFinished(async () => {
    await worker.close();
    await database.close();
  });
  return { file, database, worker, usage: createSqlUsageStore(database) };
}

test('the thread reads what the server has written, and what it writes next', async () => {
  const { worker, usage } = await openWorker();
  expect(await worker.sumUsage(question)).toStrictEqual([]);
  const write = () => usage.change([], (transaction) => transaction.insertRows([createLedgerRow()]));
  await write();
  expect(await worker.sumUsage(question)).toMatchObject([{ group: { model: 'm' }, totals: { requests: 1 } }]);
  await write();
  expect(await worker.sumUsage(question)).toMatchObject([{ totals: { requests: 2 } }]);
  const page = { fromMs: 0, toMs: 10 ** 13, filter: {}, after: undefined, order: 'asc' as const, limit: 1 };
  expect((await worker.listLedgerRows(page)).rows).toStrictEqual([createLedgerRow()]);
  expect(await worker.findSumDifferences({ fromMs: 0, toMs: 10 ** 13, limit: 5 })).toStrictEqual([]);
  expect(await worker.findReservationDifferences(5)).toStrictEqual([]);
});

test('its connection can not write', async () => {
  const { file } = await openWorker();
  const { queries } = openForReading(file);
  await expect(queries.insertInto('usageNames').values({ name: 'new' }).execute()).rejects.toThrow();
  await queries.destroy();
});

test('the event loop goes on while a report runs, and a report that takes too long ends', async () => {
  const { worker, database, usage } = await openWorker({ reportsMax: 2, reportMsMax: 4000 });
  await usage.change([], (transaction) => transaction.insertRows([createLedgerRow()]));
  await worker.sumUsage(question);
  // A view in the place of the sums that takes many seconds to read, also on a fast machine.
  await sql`ALTER TABLE usage_sums RENAME TO kept_sums`.execute(database.queries);
  await sql`CREATE VIEW usage_sums AS SELECT * FROM kept_sums WHERE (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) FROM n) > 0`.execute(
    database.queries,
  );
  const slow = worker.sumUsage(question).catch((error: unknown) => error);
  const waiting = worker.sumUsage(question).catch((error: unknown) => error);
  await expect(worker.sumUsage(question)).rejects.toMatchObject({ code: 'busy' });
  let pauseMsMax = 0;
  let lastMs = performance.now();
  let isOver = false;
  void Promise.all([slow, waiting]).then(() => {
    isOver = true;
  });
  while (!isOver) {
    await sleep(5);
    const nowMs = performance.now();
    pauseMsMax = Math.max(pauseMsMax, nowMs - lastMs);
    lastMs = nowMs;
  }
  expect(await slow).toMatchObject({ code: 'busy' });
  expect(await waiting).toMatchObject({ code: 'busy' });
  expect(pauseMsMax).toBeLessThan(1000);
  await sql`DROP VIEW usage_sums`.execute(database.queries);
  await sql`ALTER TABLE kept_sums RENAME TO usage_sums`.execute(database.queries);
  // Another thread takes over.
  expect(await worker.sumUsage(question)).toMatchObject([{ totals: { requests: 1 } }]);
}, 60_000);

test('a closed worker answers with an error', async () => {
  const { worker } = await openWorker();
  const waiting = worker.sumUsage(question);
  const closed = worker.close();
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  await closed;
  await worker.close();
  await expect(worker.sumUsage(question)).rejects.toMatchObject({ code: 'unavailable' });
});
