// The calendar of a server is set forward and back while it serves.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createUsageReports } from '../../src/service/usage/usage-reports.ts';
import { createSqlUsageReportStore } from '../../src/store/sql/sql-usage-report-store.ts';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { readLedger } from '../usage-rows.ts';
import { createDrilledHome, soon, startDrilledServer } from './start-drilled-server.ts';

const hourMs = 3_600_000;

test('limits hold, expiries follow the calendar, and usage agrees with the ledger', async () => {
  const home = await createDrilledHome();
  const clockFile = join(home, 'ahead');
  writeFileSync(clockFile, '0');
  const preload = join(import.meta.dirname, 'shift-clock.mjs');
  const server = await startDrilledServer({
    home,
    environment: { NODE_OPTIONS: `--import=${preload}`, SHIFTED_CLOCK_FILE: clockFile },
  });
  const create = (policy: object) => server.createKey({ name: 'drilled', ...policy });
  const limited = await create({ limits: { requests_per_day: 3 } });
  const expiring = await create({ expires_at: Math.floor((Date.now() + hourMs) / 1000) });
  const step = async (aheadMs: number) => {
    writeFileSync(clockFile, String(aheadMs));
    // The log has the calendar's time, so it says when the step was noticed.
    const readTime = async () => {
      await server.chat();
      const line = server.findLines('request"').at(-1) ?? '{}';
      return Date.parse(JSON.parse(line).time);
    };
    const near = Date.now() + aheadMs;
    await expect.poll(async () => Math.abs((await readTime()) - near) < hourMs / 2, soon).toBe(true);
  };
  expect((await server.chat(limited)).status).toBe(200);
  expect((await server.chat(expiring)).status).toBe(200);

  await step(2 * hourMs);
  expect((await server.chat(limited)).status).toBe(200);
  await expect.poll(async () => (await server.chat(expiring)).status, soon).toBe(401);
  await step(-2 * hourMs);
  expect((await server.chat(limited)).status).toBe(200);
  expect((await server.chat(limited)).status).toBe(429);
  await expect.poll(async () => (await server.chat(expiring)).status, soon).toBe(200);
  await step(0);
  expect((await server.chat(limited)).status).toBe(429);
  expect(await server.stop()).toBe(0);

  const database = await openDatabase(join(home, 'gravix.db'));
  try {
    const rows = await readLedger(database);
    expect(rows).toHaveLength(server.answeredChats());
    for (const { totalMs, outcome } of rows) {
      expect(outcome).toBe('completed');
      expect(totalMs).toBeGreaterThanOrEqual(0);
    }
    const store = createSqlUsageReportStore(database);
    const reports = createUsageReports({ store, usageRetentionDays: 90, now: Date.now });
    const span = { fromMs: Date.now() - 48 * hourMs, toMs: Date.now() + 48 * hourMs };
    expect(await reports.reconcile(span)).toEqual([]);
  } finally {
    await database.close();
  }
});
