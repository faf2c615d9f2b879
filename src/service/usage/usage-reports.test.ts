import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import { createLedgerRow } from '../../../test/usage-rows.ts';
import type { LedgerRow } from '../../store/ledger-row.ts';
import { createSqlUsageReportStore } from '../../store/sql/sql-usage-report-store.ts';
import { createSqlUsageStore } from '../../store/sql/sql-usage-store.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import { createUsageReports } from './usage-reports.ts';
import { listBuckets, toUsageParts } from './usage-span.ts';

const hour = 3_600_000;
const day = 24 * hour;
const dayOne = 20_000 * day;
const nowMs = dayOne + 10 * day + hour / 2;

async function openReports(rows: readonly LedgerRow[]) {
  const database = await openDatabase(join(createTemporaryFolder(), 'gravix.db'));
  onTestFinished(() => database.close());
  const usage = createSqlUsageStore(database);
  await usage.change([], (transaction) => transaction.insertRows(rows));
  const store = createSqlUsageReportStore(database);
  return {
    usage,
    database,
    reports: createUsageReports({ store, usageRetentionDays: 8, aliases: () => aliases, now: () => nowMs }),
  };
}

const rowAt = (endedAtMs: number, changes: Partial<LedgerRow> = {}) =>
  createLedgerRow({ endedAtMs, ...changes });

const aliases = { 'gpt-4o-mini': 'm', mini: 'm', other: 'n' };

const everything = { groupBy: [], filter: {}, isDetailed: false };

test.each([
  { from: 0, to: hour, parts: ['sums 0 60'] },
  { from: 1, to: hour, parts: ['ledger 1 60'] },
  { from: hour / 2, to: 3 * hour, parts: ['ledger 30 60', 'sums 60 180'] },
  { from: hour / 2, to: 2.5 * hour, parts: ['ledger 30 60', 'sums 60 120', 'ledger 120 150'] },
  { from: hour / 4, to: hour / 2, parts: ['ledger 15 30'] },
  { from: hour, to: hour, parts: [] },
])('the span from $from to $to is read from $parts', ({ from, to, parts }) => {
  const shown = toUsageParts({ fromMs: from, toMs: to }, nowMs).map(
    ({ source, fromMs, toMs }) => `${source} ${fromMs === 1 ? 1 : fromMs / 60_000} ${toMs / 60_000}`,
  );
  expect(shown).toStrictEqual(parts);
});

test('the hour that is not over yet is read from the sums', () => {
  const span = { fromMs: dayOne + 10 * day, toMs: nowMs };
  expect(toUsageParts(span, nowMs)).toStrictEqual([
    { source: 'sums', fromMs: span.fromMs, toMs: dayOne + 10 * day + hour },
  ]);
});

test('buckets begin with the span and then with their width', () => {
  expect(listBuckets({ fromMs: 30, toMs: 250 }, 100, 9)).toStrictEqual([
    { fromMs: 30, toMs: 100 },
    { fromMs: 100, toMs: 200 },
    { fromMs: 200, toMs: 250 },
  ]);
  expect(listBuckets({ fromMs: 30, toMs: 250 }, 100, 1)).toStrictEqual([{ fromMs: 30, toMs: 100 }]);
  expect(listBuckets({ fromMs: 30, toMs: 30 }, 100, 1)).toStrictEqual([]);
});

test('a report has every bucket, cut at the ends to the millisecond, page by page', async () => {
  const begin = dayOne + 3 * day + hour / 2;
  const { reports } = await openReports([
    rowAt(begin - 1),
    rowAt(begin),
    rowAt(begin + hour, { model: 'big' }),
    rowAt(begin + 2 * day - 1),
    rowAt(begin + 2 * day),
  ]);
  const query = {
    ...everything,
    fromMs: begin,
    toMs: begin + 2 * day,
    width: 'day',
    groupBy: ['model'],
  } as const;
  const first = await reports.report({ ...query, bucketsMax: 2 });
  expect(first.nextMs).toBe(dayOne + 5 * day);
  expect(
    first.buckets.map(({ fromMs, toMs, groups }) => ({
      fromMs: fromMs - dayOne,
      toMs: toMs - dayOne,
      groups: groups.map(({ group, totals }) => `${group.model} ${totals.requests}`),
    })),
  ).toStrictEqual([
    { fromMs: 3 * day + hour / 2, toMs: 4 * day, groups: ['big 1', 'm 1'] },
    { fromMs: 4 * day, toMs: 5 * day, groups: [] },
  ]);
  const last = await reports.report({ ...query, fromMs: first.nextMs ?? 0, bucketsMax: 2 });
  expect(last).toMatchObject({ nextMs: undefined, buckets: [{ groups: [{ totals: { requests: 1 } }] }] });
});

test('where rows are gone, hours are whole and minutes are refused', async () => {
  const { reports } = await openReports([rowAt(dayOne + 5)]);
  const query = { ...everything, fromMs: dayOne + 10, toMs: dayOne + hour + 1, bucketsMax: 9 };
  const report = await reports.report({ ...query, width: 'day' });
  expect(report.buckets).toMatchObject([
    { fromMs: dayOne, toMs: dayOne + 2 * hour, groups: [{ totals: { requests: 1 } }] },
  ]);
  await expect(reports.report({ ...query, width: 'minute' })).rejects.toMatchObject({
    code: 'report_refused',
  });
});

test('a total adds up rows and sums, the largest first', async () => {
  const begin = dayOne + 3 * day + hour / 2;
  const { reports } = await openReports([
    rowAt(begin + 1, { keyId: 'small' }),
    rowAt(begin + 2, { keyId: 'large' }),
    rowAt(begin + hour, { keyId: 'large' }),
  ]);
  const span = { fromMs: begin, toMs: begin + 2 * hour };
  const groups = await reports.total({ ...span, groupBy: ['keyId'], filter: {} });
  expect(groups.map(({ group, totals }) => [group.keyId, totals.requests])).toStrictEqual([
    ['large', 2],
    ['small', 1],
  ]);
});

test('an export has each row once, in the order of the ends', async () => {
  const rows = Array.from({ length: 1100 }, (_, index) =>
    rowAt(dayOne + 2 * day + (index % 7), { requestId: `r${index}` }),
  );
  const { reports } = await openReports(rows);
  const listed: LedgerRow[] = [];
  const span = { fromMs: dayOne, toMs: dayOne + 9 * day, filter: {} };
  for await (const page of reports.exportRows(span)) listed.push(...page);
  expect(listed.length).toBe(1100);
  expect(new Set(listed.map(({ requestId }) => requestId)).size).toBe(1100);
  expect(
    listed.every((row, index) => index === 0 || row.endedAtMs >= (listed[index - 1]?.endedAtMs ?? 0)),
  ).toBe(true);
});

test('reconcile finds a lost row on any day, and nothing where all agree', async () => {
  const { reports, database } = await openReports([3, 5, 9].map((days) => rowAt(dayOne + days * day + 5)));
  const span = { fromMs: reports.rowsKeptFromMs(), toMs: nowMs };
  expect(span.fromMs).toBe(dayOne + 2 * day + hour);
  expect(await reports.reconcile(span)).toStrictEqual([]);
  await database.queries
    .deleteFrom('ledger')
    .where('endedAtMs', '=', dayOne + 9 * day + 5)
    .execute();
  expect((await reports.reconcile(span)).map(({ name }) => name)).toContain('requests');
});

test.each([
  ['m', ['gpt-4o-mini', 'm', 'mini']],
  ['mini', ['gpt-4o-mini', 'm', 'mini']],
  ['n', ['n', 'other']],
  ['o', ['o']],
  ['toString', []],
])('a filter by %s finds all names of its model', async (name, found) => {
  const names = ['m', 'gpt-4o-mini', 'mini', 'n', 'other', 'o'];
  const { reports } = await openReports(names.map((model) => rowAt(nowMs - 10, { model })));
  const span = { fromMs: nowMs - 2 * hour, toMs: nowMs };
  const filter = { model: [name] };
  const groups = await reports.total({ ...span, groupBy: ['model'], filter });
  expect(groups.map(({ group }) => group.model).sort()).toEqual(found);
  const exported: string[] = [];
  for await (const rows of reports.exportRows({ ...span, filter }))
    exported.push(...rows.map(({ model }) => model));
  expect(exported.sort()).toEqual(found);
});
