import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lockSqlite } from '../../../test/sqlite-lock.ts';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import { createLedgerRow, readLedger } from '../../../test/usage-rows.ts';
import { createSqlUsageStore } from '../../store/sql/sql-usage-store.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import { environmentIdentity as key } from '../keys/key-identity.ts';
import { createLedgerWriter, waitingRowsMax } from './ledger-writer.ts';

async function openWriter() {
  const file = join(createTemporaryFolder(), 'gravix.db');
  const database = await openDatabase(file, { busyTimeoutMs: 50 });
  const failures: number[] = [];
  const writer = createLedgerWriter({
    store: createSqlUsageStore(database),
    replicaId: () => 1,
    now: Date.now,
    onSettled: () => undefined,
    onFailure: (_error, { waiting }) => failures.push(waiting),
  });
  onTestFinished(() => database.close());
  const write = (requestId: string) =>
    writer.settle({ key, place: undefined, subjects: [], row: createLedgerRow({ requestId }) });
  return { file, database, writer, write, failures };
}

it('keeps rows while the store does not answer, and reports that once', async () => {
  const { file, database, writer, write, failures } = await openWriter();
  const lock = await lockSqlite(file);
  for (const requestId of ['a', 'b', 'c']) write(requestId);
  // Several tries.
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect([writer.waitingRows(), failures]).toEqual([3, [3]]);
  await lock.release();
  expect(await writer.close(5000)).toBe(0);
  expect((await readLedger(database)).map(({ requestId }) => requestId)).toEqual(['a', 'b', 'c']);
});

it('has no room for further requests where too many rows wait, and says at its end how many are lost', async () => {
  const { file, writer, write } = await openWriter();
  const lock = await lockSqlite(file);
  onTestFinished(() => lock.release());
  for (let row = 1; row < waitingRowsMax; row += 1) write('r');
  expect(() => writer.assertRoom()).not.toThrow();
  write('last');
  expect(() => writer.assertRoom()).toThrow(/100000 requests wait to be written/);
  expect(await writer.close(200)).toBe(waitingRowsMax);
});
