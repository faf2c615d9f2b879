// What memory knows of the use of keys and projects is what the database says, whatever happened before, in this process or
// in another one.
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import { createLedgerRow, createOpenRequest } from '../../../test/usage-rows.ts';
import { openDatabase } from '../sqlite/open-database.ts';
import type { OpenRequestId, UsageStore, UseQuestion } from '../usage-store.ts';
import { createSqlUsageStore } from './sql-usage-store.ts';

const questions: readonly UseQuestion[] = [
  { subject: 'key:a', period: 'total' },
  { subject: 'key:b', period: 'day 2026-11-29 UTC' },
  { subject: 'project:p', period: undefined },
  { subject: 'project:p', period: 'total' },
];
const subjects = ['key:a', 'key:b', 'project:p'] as const;

const steps = fc.record({
  kind: fc.constantFrom('open', 'open', 'open', 'settle', 'settle', 'grow', 'withdraw', 'pass', 'clean'),
  /** By another process, on its own connection. */
  isElsewhere: fc.constantFrom(false, false, false, true),
  /** The change is taken back. */
  isFailing: fc.constantFrom(false, false, false, false, false, true),
  key: fc.constantFrom('a', 'b'),
  tokens: fc.integer({ min: 0, max: 500 }),
  ms: fc.constantFrom(1, 999, 1000, 59_000, 60_000, 61_000, 300_000, 86_400_000),
  pick: fc.nat(),
});

type Step = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;

test('it is what the database says, after any changes of this and other processes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 40 }), async (schedule) => {
      const file = join(createTemporaryFolder(), 'gravix.db');
      const databases = [await openDatabase(file), await openDatabase(file)] as const;
      let nowMs = 1_764_000_000_000;
      const clock = { nowMs: () => nowMs, advanceTo: () => undefined };
      const [store, elsewhere] = databases.map((database) => createSqlUsageStore(database, clock)) as [
        UsageStore,
        UsageStore,
      ];
      const open: { id: OpenRequestId; keyId: string }[] = [];
      let number = 0;
      for (const step of schedule) {
        number += 1;
        if (step.kind === 'pass') nowMs += step.ms;
        else await play(step, step.isElsewhere ? elsewhere : store, open, { replicaId: 1, number });
        const known = await store.change(subjects, (transaction) => transaction.readUse(questions));
        expect(known).toStrictEqual(await elsewhere.readUse(questions));
      }
      for (const database of databases) await database.close();
    }),
    { numRuns: 100, endOnFailure: true },
  );
});

async function play(
  { kind, key: keyId, tokens, isFailing, pick }: Step,
  store: UsageStore,
  open: { id: OpenRequestId; keyId: string }[],
  id: OpenRequestId,
): Promise<void> {
  const chosen = open[pick % Math.max(1, open.length)];
  const amounts = { promptTokens: 1, completionTokens: tokens, costNano: tokens * 7 };
  const failure = new Error('taken back');
  const change = store.change(subjects, async (transaction) => {
    if (kind === 'open') {
      const changes = { keyId, startedAtMs: transaction.nowMs, reserved: amounts, keyPeriod: 'total' };
      await transaction.insertOpen([
        createOpenRequest(id, { ...changes, countsFor: { key: tokens % 3 > 0, project: true } }),
      ]);
    }
    if (kind === 'settle' && chosen !== undefined) {
      const counts = { promptTokens: 1, cachedTokens: 0, completionTokens: tokens, reasoningTokens: 0 };
      const row = createLedgerRow({ keyId: chosen.keyId, total: counts, costNano: tokens });
      await transaction.settle([{ id: chosen.id, row }]);
    }
    if (kind === 'grow' && chosen !== undefined) {
      await transaction.updateOpen(chosen.id, { reserved: amounts, made: amounts, deployment: undefined });
    }
    if (kind === 'withdraw' && chosen !== undefined) await transaction.withdraw(chosen.id);
    if (isFailing) throw failure;
  });
  await change.catch((error: unknown) => {
    if (error !== failure) throw error;
  });
  if (kind === 'clean') await store.removeSpentBuckets(1000);
  if (isFailing || kind === 'clean') return;
  if (kind === 'open') open.push({ id, keyId });
  // One that has ended may be named again, which changes nothing.
  if ((kind === 'settle' || kind === 'withdraw') && tokens % 2 === 0) open.splice(open.indexOf(chosen!), 1);
}
