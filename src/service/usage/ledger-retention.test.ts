import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import { createLedgerRow, readLedger, readSums } from '../../../test/usage-rows.ts';
import type { AuditEntry } from '../../store/audit-entry.ts';
import { createSqlKeyStore } from '../../store/sql/sql-key-store.ts';
import { createSqlUsageStore } from '../../store/sql/sql-usage-store.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import { StoreError } from '../../store/store-error.ts';
import { sliceRowsMax, startLedgerRetention } from './ledger-retention.ts';

const day = 86_400_000;
const nowMs = 20_000 * day;

test('rows that are too old go, the others and all sums stay', async () => {
  const database = await openDatabase(join(createTemporaryFolder(), 'gravix.db'));
  onTestFinished(() => database.close());
  const store = createSqlUsageStore(database);
  const old = sliceRowsMax * 2 + 1;
  const bucket = { subject: 'key:k', widthMs: 60_000, requests: 1, tokens: 1 };
  await database.queries
    .insertInto('limitWindows')
    .values([
      { ...bucket, startMs: 1000 },
      { ...bucket, startMs: Date.now() },
    ])
    .execute();
  const rows = Array.from({ length: old + 2 }, (_, index) =>
    createLedgerRow({ endedAtMs: index < old ? nowMs - 10 * day - 1 : nowMs - 10 * day }),
  );
  await store.change([], (transaction) => transaction.insertRows(rows));
  const keys = createSqlKeyStore(database);
  for (let index = 0; index < sliceRowsMax + 3; index += 1) {
    const atMs = index <= sliceRowsMax ? nowMs - 20 * day - 1 : nowMs - 20 * day;
    await keys.change((transaction) =>
      transaction.insertAuditEntry(createAuditEntry(`audit_${index}`, atMs)),
    );
  }
  const slices: number[] = [];
  const retention = startLedgerRetention({
    store: {
      ...store,
      removeAuditEntries: keys.removeAuditEntries,
      removeLedgerRows: async (endedBeforeMs, limit) => {
        slices.push(await store.removeLedgerRows(endedBeforeMs, limit));
        return slices.at(-1) ?? 0;
      },
    },
    usageRetentionDays: 10,
    auditRetentionDays: 20,
    now: () => nowMs,
    onFailure: (error) => {
      throw error;
    },
  });
  expect(await retention.run()).toBe(old);
  expect(slices).toStrictEqual([sliceRowsMax, sliceRowsMax, 1]);
  expect(await readLedger(database)).toHaveLength(2);
  expect(await database.queries.selectFrom('limitWindows').selectAll().execute()).toHaveLength(1);
  const kept = await keys.listAuditPage({ order: 'asc', limit: 9 });
  expect(kept).toMatchObject({ items: [{ id: 'audit_101' }, { id: 'audit_102' }], hasMore: false });
  expect((await readSums(database)).reduce((sum, { requests }) => sum + requests, 0)).toBe(old + 2);
  expect(await retention.run()).toBe(0);
  await retention.close();
});

function createAuditEntry(id: string, atMs: number): AuditEntry {
  const actor = { kind: 'server', id: 'server', name: 'server' } as const;
  return { id, atMs, actor, action: 'key.updated', objectId: 'key_1', objectName: 'one', changes: {} };
}

test('a store that fails is reported, and the next look tries again', async () => {
  const failures: unknown[] = [];
  let removals = 0;
  const retention = startLedgerRetention({
    store: {
      removeLedgerRows: async () => {
        removals += 1;
        if (removals === 1) throw new StoreError('busy', 'not now');
        return 0;
      },
      removeSpentBuckets: async () => 0,
      removeAuditEntries: async () => 0,
    },
    usageRetentionDays: 10,
    auditRetentionDays: 20,
    now: () => nowMs,
    onFailure: (error) => failures.push(error),
  });
  await expect(retention.run()).rejects.toMatchObject({ code: 'busy' });
  expect(failures).toMatchObject([{ code: 'busy' }]);
  expect(await retention.run()).toBe(0);
  await retention.close();
});

test('closing ends it between two slices', async () => {
  const retention = startLedgerRetention({
    store: {
      removeLedgerRows: async () => sliceRowsMax,
      removeSpentBuckets: async () => sliceRowsMax,
      removeAuditEntries: async () => sliceRowsMax,
    },
    usageRetentionDays: 10,
    auditRetentionDays: 20,
    now: () => nowMs,
    onFailure: () => undefined,
  });
  await retention.close();
  expect(await retention.run()).toBe(0);
});
