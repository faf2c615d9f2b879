import { expect, it } from 'vitest';
import type { SqlDatabase } from '../../src/store/sql/sql-database.ts';
import { createSqlUsageStore } from '../../src/store/sql/sql-usage-store.ts';
import { toBucketStart, type UsageStore, windows, windowWidths } from '../../src/store/usage-store.ts';
import { createLedgerRow, createOpenRequest, readLedger, readSums } from '../usage-rows.ts';
import { describeStores } from './describe-stores.ts';

interface OpenedUsage {
  readonly usage: UsageStore;
  readonly ledger: () => ReturnType<typeof readLedger>;
  readonly sums: () => ReturnType<typeof readSums>;
  /** Of the key. */
  readonly addBuckets: (widthMs: number, startsMs: readonly number[]) => Promise<void>;
}

const openUsage = (database: SqlDatabase): OpenedUsage => ({
  usage: createSqlUsageStore(database),
  ledger: () => readLedger(database),
  sums: () => readSums(database),
  addBuckets: async (widthMs, startsMs) => {
    const rows = startsMs.map((startMs) => ({ subject: 'key:k', widthMs, startMs, requests: 1, tokens: 1 }));
    await database.queries.insertInto('limitWindows').values(rows).execute();
  },
});

const place = { host: 'here', processId: 1 };
const keyUse = { subject: 'key:k', period: 'total' } as const;
const projectUse = { subject: 'project:p', period: undefined } as const;
const subjects = ['key:k', 'project:p'] as const;

describeStores('usage store', openUsage, (open) => {
  it('counts an open request for its key and its project, and the settled one in its place', async () => {
    const { store, secondConnection } = await open();
    const replicaId = await store.usage.registerReplica(place);
    const startedAtMs = await store.usage.change(subjects, async (transaction) => {
      const open = createOpenRequest({ replicaId, number: 1 }, { startedAtMs: transaction.nowMs });
      await transaction.insertOpen([open]);
      return transaction.nowMs;
    });
    const reserved = { requests: 1, tokens: 110 };
    expect(await secondConnection.usage.readUse([keyUse, projectUse])).toStrictEqual([
      {
        minute: reserved,
        day: reserved,
        openRequests: 1,
        spentNano: 0,
        spentTokens: 0,
        reservedNano: 1000,
        reservedTokens: 110,
      },
      {
        minute: reserved,
        day: reserved,
        openRequests: 1,
        spentNano: 0,
        spentTokens: 0,
        reservedNano: 1000,
        reservedTokens: 110,
      },
    ]);

    const id = { replicaId, number: 1 };
    const settlement = { id, row: createLedgerRow() };
    const settle = (each: OpenedUsage) =>
      each.usage.change(subjects, (transaction) => transaction.settle([settlement]));
    expect(await settle(secondConnection)).toStrictEqual([id]);
    expect(await settle(store)).toStrictEqual([]);

    const spent = { requests: 1, tokens: 15 };
    const idle = { openRequests: 0, reservedNano: 0, reservedTokens: 0 };
    expect(await store.usage.readUse([keyUse, projectUse])).toStrictEqual([
      { minute: spent, day: spent, spentNano: 77, spentTokens: 15, ...idle },
      { minute: spent, day: spent, spentNano: 0, spentTokens: 0, ...idle },
    ]);
    expect(await store.ledger()).toStrictEqual([createLedgerRow()]);
    const buckets = await store.usage.change(subjects, (transaction) =>
      transaction.listBuckets('key:k', 'minute'),
    );
    expect(buckets).toStrictEqual([{ startMs: toBucketStart('minute', startedAtMs), ...spent }]);
  });

  it('answers the questions of a change at its beginning as it does in its course', async () => {
    const { store, secondConnection } = await open();
    const replicaId = await store.usage.registerReplica(place);
    const questions = [keyUse, projectUse];
    for (const [index, ageMs] of [0, 59_000, 62_000, 86_000_000, 86_800_000].entries()) {
      const id = { replicaId, number: index };
      await store.usage.change(subjects, async (transaction) => {
        const startedAtMs = transaction.nowMs - ageMs;
        await transaction.insertOpen([createOpenRequest(id, { startedAtMs })]);
        if (index % 2 === 1) await transaction.settle([{ id, row: createLedgerRow() }]);
      });
      const ask = (usage: UsageStore) =>
        usage.change(
          subjects,
          async (transaction) => [await transaction.readUse(questions), await transaction.readUse(questions)],
          questions,
        );
      const [first, again] = await ask(store.usage);
      expect(first).toStrictEqual(again);
      expect(first?.map(({ openRequests }) => openRequests)).toStrictEqual(
        questions.map(() => Math.floor(index / 2) + 1),
      );
      expect((await ask(secondConnection.usage))[0]).toStrictEqual(first);
    }
  });

  it('keeps one row for each hour, key, project, model, endpoint, deployment and outcome', async () => {
    const { store } = await open();
    const rows = [
      createLedgerRow({ totalMs: 100 }),
      createLedgerRow({ totalMs: 101, costNano: undefined }),
      createLedgerRow({ totalMs: 10 ** 6, endpoint: 'embeddings' }),
    ];
    await store.usage.change([], (transaction) => transaction.insertRows(rows));
    await store.usage.addRefusals([
      {
        hourMs: 3_600_000,
        keyId: 'k',
        projectId: 'p',
        model: 'm',
        endpoint: 'chat/completions',
        refused: { refusedByLimit: 3, refusedByBudget: 2, refusedOtherwise: 1 },
      },
    ]);
    expect(await store.sums()).toMatchObject([
      {
        hourMs: 3_600_000,
        endpoint: 'chat/completions',
        requests: 2,
        promptTokens: 20,
        cachedTokens: 4,
        completionTokens: 10,
        reasoningTokens: 2,
        costNano: 77,
        duration5: 1,
        duration6: 1,
        duration28: 0,
      },
      {
        hourMs: 3_600_000,
        endpoint: 'chat/completions',
        outcome: 'not-admitted',
        requests: 0,
        duration5: 0,
        refusedByLimit: 3,
        refusedByBudget: 2,
        refusedOtherwise: 1,
      },
      { endpoint: 'embeddings', requests: 1, duration5: 0, duration28: 1 },
    ]);
  });

  it('changes nothing when the work throws, names included', async () => {
    const { store } = await open();
    const replicaId = await store.usage.registerReplica(place);
    const fail = store.usage.change(subjects, async (transaction) => {
      await transaction.insertOpen([createOpenRequest({ replicaId, number: 1 }, { startedAtMs: 1 })]);
      throw new Error('broken off');
    });
    await expect(fail).rejects.toThrow('broken off');
    expect(await store.usage.listOpenRequests(replicaId, 10)).toStrictEqual([]);
    await store.usage.change(subjects, (transaction) =>
      transaction.insertOpen([createOpenRequest({ replicaId, number: 1 }, { startedAtMs: 1 })]),
    );
    expect(await store.usage.listOpenRequests(replicaId, 10)).toHaveLength(1);
  });

  it('shows what a replica left, and lets it go once nothing is open', async () => {
    const { store, secondConnection } = await open();
    const replicaId = await store.usage.registerReplica(place);
    const other = await secondConnection.usage.registerReplica(place);
    expect(other).not.toBe(replicaId);
    const request = createOpenRequest({ replicaId, number: 7 }, { startedAtMs: 5, keyPeriod: undefined });
    await store.usage.change([], (transaction) => transaction.insertOpen([request]));
    expect(await secondConnection.usage.listOpenRequests(replicaId, 10)).toStrictEqual([request]);
    await store.usage.removeReplica(replicaId);
    expect((await store.usage.listReplicas()).map(({ id }) => id)).toStrictEqual([replicaId, other]);
    await store.usage.change([], (transaction) =>
      transaction.settle([{ id: request.id, row: createLedgerRow() }]),
    );
    await store.usage.removeReplica(replicaId);
    expect((await store.usage.listReplicas()).map(({ id }) => id)).toStrictEqual([other]);
    expect(await store.usage.beat(replicaId)).toBe(false);
    expect(await store.usage.beat(other)).toBe(true);
  });

  it('changes a reservation while its request is open', async () => {
    const { store } = await open();
    const replicaId = await store.usage.registerReplica(place);
    const request = createOpenRequest({ replicaId, number: 1 }, { startedAtMs: 1 });
    const reservation = {
      reserved: { promptTokens: 1, completionTokens: 2, costNano: 3 },
      made: { promptTokens: 4, completionTokens: 5, costNano: 6 },
      deployment: 'gpu1/m',
    };
    await store.usage.change([], async (transaction) => {
      await transaction.insertOpen([request]);
      expect(await transaction.updateOpen(request.id, reservation)).toBe(true);
      expect(await transaction.updateOpen({ replicaId, number: 2 }, reservation)).toBe(false);
    });
    expect(await store.usage.listOpenRequests(replicaId, 1)).toStrictEqual([{ ...request, ...reservation }]);
  });

  it('removes old rows and buckets a few at a time, and no others', async () => {
    const { store } = await open();
    const rows = [1, 2, 3, 4].map((endedAtMs) => createLedgerRow({ endedAtMs }));
    await store.usage.change([], (transaction) => transaction.insertRows(rows));
    expect(await store.usage.removeLedgerRows(4, 2)).toBe(2);
    expect(await store.usage.removeLedgerRows(4, 2)).toBe(1);
    expect((await store.ledger()).map(({ endedAtMs }) => endedAtMs)).toStrictEqual([4]);

    const replicaId = await store.usage.registerReplica(place);
    const settleAt = (number: number, startedAtMs: number) =>
      store.usage.change([], async (transaction) => {
        const id = { replicaId, number };
        await transaction.insertOpen([
          createOpenRequest(id, { startedAtMs: transaction.nowMs - startedAtMs }),
        ]);
        await transaction.settle([{ id, row: createLedgerRow() }]);
      });
    await settleAt(1, 0);
    await settleAt(2, 120_000);
    await settleAt(3, 172_800_000);
    const [use] = await store.usage.readUse([keyUse]);
    expect(use).toMatchObject({ minute: { requests: 1 }, day: { requests: 2 } });
    for (const width of windowWidths)
      await store.addBuckets(windows[width].widthMs, [300_000, 600_000, 900_000]);
    const removed = [];
    for (let slice = 0; slice < 3; slice += 1) removed.push(await store.usage.removeSpentBuckets(4));
    expect(removed).toEqual([4, 2, 0]);
    expect(await store.usage.readUse([keyUse])).toStrictEqual([use]);
  });
});
