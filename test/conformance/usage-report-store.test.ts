import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { LedgerRow } from '../../src/store/ledger-row.ts';
import type { SqlDatabase } from '../../src/store/sql/sql-database.ts';
import { createSqlUsageReportStore } from '../../src/store/sql/sql-usage-report-store.ts';
import { createSqlUsageStore } from '../../src/store/sql/sql-usage-store.ts';
import type { LedgerPosition, UsageQuestion, UsageReportStore } from '../../src/store/usage-report-store.ts';
import type { UsageStore } from '../../src/store/usage-store.ts';
import { createLedgerRow, createOpenRequest } from '../usage-rows.ts';
import { describeStores } from './describe-stores.ts';

interface Opened {
  readonly usage: UsageStore;
  readonly reports: UsageReportStore;
  readonly queries: SqlDatabase['queries'];
}

const openBoth = (database: SqlDatabase): Opened => ({
  usage: createSqlUsageStore(database),
  reports: createSqlUsageReportStore(database),
  queries: database.queries,
});

const hour = 3_600_000;
const day = 24 * hour;
const dayOne = 20_000 * day;

const question: UsageQuestion = {
  source: 'sums',
  fromMs: dayOne,
  toMs: dayOne + 2 * day,
  bucketMs: day,
  groupBy: [],
  filter: {},
  groupsMax: 100,
  hasTimes: false,
};

const insert = (store: Opened, rows: readonly LedgerRow[]) =>
  store.usage.change([], (transaction) => transaction.insertRows(rows));

const rowAt = (endedAtMs: number, changes: Partial<LedgerRow> = {}) =>
  createLedgerRow({ endedAtMs, beganAtMs: endedAtMs - 110, ...changes });

describeStores('usage report store', openBoth, (open) => {
  it('sums by bucket and by what is asked for, the same from the sums and from the ledger', async () => {
    const { store } = await open();
    await insert(store, [
      rowAt(dayOne),
      rowAt(dayOne + hour, { keyId: 'l', model: 'big', totalMs: 250, costNano: undefined }),
      rowAt(dayOne + 23 * hour + 3_599_999, { model: 'big', endpoint: 'embeddings', totalMs: 10 ** 6 }),
      rowAt(dayOne + day, { projectId: 'q' }),
      // Outside.
      rowAt(dayOne - 1),
      rowAt(dayOne + 2 * day),
    ]);
    for (const source of ['sums', 'ledger'] as const) {
      const ask = async (changes: Partial<UsageQuestion>) => {
        const sums = await store.reports.sumUsage({ ...question, source, ...changes });
        if (sums === 'too-many') throw new Error(sums);
        return sums;
      };
      expect(await ask({})).toStrictEqual([
        {
          bucketStartMs: dayOne,
          group: {},
          totals: {
            requests: 3,
            refused: { refusedByLimit: 0, refusedByBudget: 0, refusedOtherwise: 0 },
            promptTokens: 30,
            cachedTokens: 6,
            completionTokens: 15,
            reasoningTokens: 3,
            costNano: 154,
            durations: [],
            firstTokens: [],
          },
        },
        expect.objectContaining({
          bucketStartMs: dayOne + day,
          totals: expect.objectContaining({ requests: 1 }),
        }),
      ]);
      const all = await ask({ groupBy: ['keyId', 'projectId', 'model', 'endpoint'], bucketMs: undefined });
      expect(
        all
          .map(({ bucketStartMs, group, totals }) =>
            [bucketStartMs, group.keyId, group.projectId, group.model, group.endpoint, totals.requests].join(
              ' ',
            ),
          )
          .sort(),
      ).toStrictEqual([
        '0 k p big embeddings 1',
        '0 k p m chat/completions 1',
        '0 k q m chat/completions 1',
        '0 l p big chat/completions 1',
      ]);
      const filtered = async (filter: UsageQuestion['filter']) =>
        (await ask({ filter, bucketMs: undefined })).map(({ totals }) => totals.requests);
      expect(await filtered({ keyId: ['k'], model: ['big', 'm'] })).toStrictEqual([3]);
      expect(await filtered({ projectId: ['q'] })).toStrictEqual([1]);
      expect(await filtered({ endpoint: ['embeddings'] })).toStrictEqual([1]);
      expect(await filtered({ keyId: [] })).toStrictEqual([]);
      expect(await filtered({ keyId: ["unknown'; DROP TABLE ledger"] })).toStrictEqual([]);
      expect(await store.reports.sumUsage({ ...question, source, groupBy: ['keyId'], groupsMax: 2 })).toBe(
        'too-many',
      );
    }
  });

  it('counts minutes by the ledger, and refusals by the sums', async () => {
    const { store } = await open();
    await insert(store, [rowAt(dayOne + 59_999), rowAt(dayOne + 60_000), rowAt(dayOne + 61_000)]);
    const refused = { refusedByLimit: 3, refusedByBudget: 2, refusedOtherwise: 1 };
    const place = { keyId: 'k', projectId: 'p', model: 'm', endpoint: 'chat/completions' };
    await store.usage.addRefusals([{ ...place, hourMs: dayOne, refused }]);
    const minutes = await store.reports.sumUsage({ ...question, source: 'ledger', bucketMs: 60_000 });
    expect(minutes).toMatchObject([
      { bucketStartMs: dayOne, totals: { requests: 1, refused: { refusedByLimit: 0 } } },
      { bucketStartMs: dayOne + 60_000, totals: { requests: 2 } },
    ]);
    expect(await store.reports.sumUsage(question)).toMatchObject([{ totals: { requests: 3, refused } }]);
  });

  it('lists rows in pages, each once, also where several ended in one millisecond', async () => {
    const { store, secondConnection } = await open();
    const rows = [
      rowAt(dayOne + 5, {
        requestId: 'c',
        costNano: undefined,
        errorCode: 'timeout',
        finishReason: undefined,
      }),
      rowAt(dayOne + 1, { requestId: 'a' }),
      rowAt(dayOne + 5, { requestId: 'd', deployment: undefined, queueMs: 3, firstTokenMs: undefined }),
      rowAt(dayOne + 5, { requestId: 'e', isReplay: true, isEstimated: true, isStreamed: false }),
      rowAt(dayOne + 2, { requestId: 'b', keyId: 'other' }),
      rowAt(dayOne + day, { requestId: 'f' }),
    ];
    await insert(store, rows);
    const span = { fromMs: dayOne, toMs: dayOne + day };
    const listed: LedgerRow[] = [];
    let after: LedgerPosition | undefined;
    let pages = 0;
    do {
      const page = await secondConnection.reports.listLedgerRows({
        ...span,
        filter: {},
        after,
        order: 'asc',
        limit: 2,
      });
      listed.push(...page.rows);
      after = page.next;
      pages += 1;
    } while (after !== undefined);
    const order = ['a', 'b', 'c', 'd', 'e'];
    expect(listed).toStrictEqual(order.map((id) => rows.find(({ requestId }) => requestId === id)));
    expect(pages).toBe(3);
    const others = {
      ...span,
      filter: { keyId: ['other'] },
      after: undefined,
      order: 'asc' as const,
      limit: 2,
    };
    expect((await store.reports.listLedgerRows(others)).rows).toStrictEqual([rows[4]]);
  });

  it('lists the newest rows first, and of a filter what it finds', async () => {
    const { store } = await open();
    const rows = [
      rowAt(dayOne, { requestId: 'a', keyId: 'rare', outcome: 'failed', deployment: undefined }),
      rowAt(dayOne + 1, { requestId: 'b', model: 'big', deployment: 'big@one' }),
      rowAt(dayOne + hour, { requestId: 'c', outcome: 'timed-out' }),
      rowAt(dayOne + 5 * hour, { requestId: 'd', keyId: 'rare' }),
      rowAt(dayOne + 5 * hour, { requestId: 'e', keyId: 'rare', endpoint: 'embeddings' }),
      rowAt(dayOne + 30 * hour, { requestId: 'f', keyId: 'rare', projectId: 'q', deployment: 'big@one' }),
      rowAt(dayOne + 31 * hour, { requestId: 'g' }),
    ];
    await insert(store, rows);
    const refused = { refusedByLimit: 3, refusedByBudget: 0, refusedOtherwise: 0 };
    const place = { keyId: 'rare', projectId: 'p', model: 'm', endpoint: 'chat/completions' };
    await store.usage.addRefusals([{ ...place, hourMs: dayOne + 20 * hour, refused }]);
    const list = async (
      filter: UsageQuestion['filter'],
      order: 'asc' | 'desc' = 'desc',
      span = { fromMs: 0, toMs: dayOne + 40 * hour },
    ) => {
      const listed: string[] = [];
      let after: LedgerPosition | undefined;
      do {
        const page = await store.reports.listLedgerRows({ ...span, filter, after, order, limit: 1 });
        expect(page.positions).toHaveLength(page.rows.length);
        listed.push(...page.rows.map(({ requestId }) => requestId));
        after = page.next;
      } while (after !== undefined);
      return listed.join('');
    };
    expect(await list({})).toBe('gfedcba');
    expect(await list({ keyId: ['rare'] })).toBe('feda');
    expect(await list({ keyId: ['rare'] }, 'asc')).toBe('adef');
    expect(await list({ keyId: ['rare', 'k'], endpoint: ['chat/completions'] })).toBe('gfdcba');
    expect(await list({ deployment: ['big@one'] })).toBe('fb');
    expect(await list({ deployment: ['big@one'], projectId: ['q'] })).toBe('f');
    expect(await list({ outcome: ['failed', 'timed-out'] })).toBe('ca');
    expect(await list({ model: ['big'] })).toBe('b');
    expect(await list({ model: ['none'] })).toBe('');
    expect(await list({ keyId: [] })).toBe('');
    expect(await list({ outcome: ['not-admitted'] })).toBe('');
    const cut = { fromMs: dayOne + 1, toMs: dayOne + 30 * hour };
    expect(await list({ keyId: ['rare'] }, 'desc', cut)).toBe('ed');
    expect(await list({ model: ['big'] }, 'desc', { ...cut, fromMs: dayOne + 2 })).toBe('');
  });

  it('finds rows of hours whose sums know neither deployments nor outcomes', async () => {
    const { store } = await open();
    await insert(store, [rowAt(dayOne, { outcome: 'failed' }), rowAt(dayOne + 2 * hour)]);
    await sql`UPDATE usage_sums SET deployment = empty.id, outcome = empty.id
      FROM (SELECT id FROM usage_names WHERE name = '') AS empty`.execute(store.queries);
    const page = { fromMs: 0, toMs: dayOne + day, after: undefined, order: 'desc', limit: 1 } as const;
    const filter = { outcome: ['failed'], deployment: ['m'] };
    expect((await store.reports.listLedgerRows({ ...page, filter })).rows).toHaveLength(1);
    expect(
      (await store.reports.listLedgerRows({ ...page, filter: { deployment: ['n'] } })).rows,
    ).toStrictEqual([]);
    const span = { fromMs: dayOne, toMs: dayOne + day, limit: 100 };
    expect(await store.reports.findSumDifferences(span)).toStrictEqual([]);
  });

  it('has outcomes, deployments and times, the same from the sums and from the ledger', async () => {
    const { store } = await open();
    await insert(store, [
      rowAt(dayOne, { totalMs: 10, firstTokenMs: undefined }),
      rowAt(dayOne, { totalMs: 11, firstTokenMs: 0 }),
      rowAt(dayOne + hour, { totalMs: 960_001, firstTokenMs: 160, outcome: 'failed' }),
      rowAt(dayOne + hour, { totalMs: 960_000, deployment: undefined, outcome: 'cancelled' }),
    ]);
    const histogram = (...filled: number[]) =>
      Array.from({ length: 29 }, (_, bucket) => filled.filter((one) => one === bucket).length);
    for (const source of ['sums', 'ledger'] as const) {
      const ask = { ...question, source, bucketMs: undefined, hasTimes: true };
      expect(await store.reports.sumUsage(ask)).toMatchObject([
        { totals: { durations: histogram(0, 1, 27, 28), firstTokens: histogram(0, 2, 6) } },
      ]);
      const groups = await store.reports.sumUsage({ ...ask, groupBy: ['deployment', 'outcome'] });
      if (groups === 'too-many') throw new Error(groups);
      const shown = groups.map(({ group, totals }) => [group.deployment, group.outcome, totals.requests]);
      expect(shown.sort()).toStrictEqual([
        ['', 'cancelled', 1],
        ['m', 'completed', 2],
        ['m', 'failed', 1],
      ]);
      const failed = { ...ask, filter: { outcome: ['failed'], deployment: ['m'] } };
      expect(await store.reports.sumUsage(failed)).toMatchObject([{ totals: { requests: 1 } }]);
    }
  });

  it('finds rows that the sums lack, and sums without rows', async () => {
    const { store } = await open();
    await insert(store, [rowAt(dayOne), rowAt(dayOne + hour), rowAt(dayOne + hour, { keyId: 'l' })]);
    const span = { fromMs: dayOne, toMs: dayOne + day, limit: 100 };
    expect(await store.reports.findSumDifferences(span)).toStrictEqual([]);
    await store.queries.updateTable('usageSums').set({ costNano: 70 }).where('hourMs', '=', dayOne).execute();
    await store.queries
      .deleteFrom('ledger')
      .where('endedAtMs', '=', dayOne + hour)
      .execute();
    const differences = await store.reports.findSumDifferences(span);
    expect(differences[0]).toStrictEqual({
      kind: 'sum',
      of: `${new Date(dayOne).toISOString()} key k, project p, model m, endpoint chat/completions`,
      name: 'costNano',
      expected: 77,
      found: 70,
    });
    expect(differences.filter(({ name }) => name === 'requests')).toMatchObject([
      { of: expect.stringContaining('key k,'), expected: 0, found: 1 },
      { of: expect.stringContaining('key l,'), expected: 0, found: 1 },
    ]);
    expect(await store.reports.findSumDifferences({ ...span, limit: 1 })).toHaveLength(1);
    await store.queries.deleteFrom('usageSums').execute();
    expect(await store.reports.findSumDifferences(span)).toMatchObject(
      // Every number of the row that is left.
      [
        'requests',
        'promptTokens',
        'cachedTokens',
        'completionTokens',
        'reasoningTokens',
        'costNano',
        'latency1',
      ].map((name) => ({ name, found: 0 })),
    );
  });

  it('finds requests that no process settles, and budgets that paid too much', async () => {
    const { store } = await open();
    const replicaId = await store.usage.registerReplica({ host: 'here', processId: 1 });
    const requests = [1, 2].map((number) => createOpenRequest({ replicaId, number }, { startedAtMs: 1 }));
    await store.usage.change([], (transaction) => transaction.insertOpen(requests));
    const settlement = { id: { replicaId, number: 1 }, row: rowAt(dayOne) };
    await store.usage.change([], (transaction) => transaction.settle([settlement]));
    expect(await store.reports.findReservationDifferences(10)).toStrictEqual([]);

    await store.queries.updateTable('budgetPeriods').set({ spentNano: 78 }).execute();
    await store.queries.deleteFrom('replicas').execute();
    expect(await store.reports.findReservationDifferences(10)).toStrictEqual([
      {
        kind: 'open-request',
        of: `request req_1 (${replicaId}/2) of a process that is gone`,
        name: 'reservedTokens',
        expected: 0,
        found: 110,
      },
      { kind: 'budget', of: 'key:k, total', name: 'spentNano', expected: 77, found: 78 },
    ]);
    const day = new Date(dayOne + 15 * hour).toISOString().slice(0, 10);
    const later = new Date(dayOne + 25 * hour + 14 * hour).toISOString().slice(0, 10);
    const periods = [`day ${day} UTC`, `day ${later} UTC`].map((period) => ({
      subject: 'project:p',
      period,
      spentNano: 1,
      spentTokens: 1,
    }));
    await store.queries.deleteFrom('budgetPeriods').execute();
    await store.queries.insertInto('budgetPeriods').values(periods).execute();
    expect((await store.reports.findReservationDifferences(10)).slice(1)).toMatchObject([
      { of: `project:p, day ${later} UTC`, name: 'spentTokens', expected: 0, found: 1 },
      { name: 'spentNano' },
    ]);
  });
});
