import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { lockSqlite } from '../../../test/sqlite-lock.ts';
import { createStoredKey, insertStoredKey } from '../../../test/stored-key.ts';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import { createSqlKeyStore } from '../sql/sql-key-store.ts';
import { openDatabase } from './open-database.ts';

async function openLocked(busyTimeoutMs: number) {
  const file = join(createTemporaryFolder(), 'gravix.db');
  await (await openDatabase(file)).close();
  const lock = await lockSqlite(file);
  // What is current is opened beside another process that writes.
  const database = await openDatabase(file, { busyTimeoutMs });
  onTestFinished(async () => {
    await lock.release();
    await database.close();
  });
  return { lock, database, store: createSqlKeyStore(database) };
}

test('waits for a lock of another process while the event loop and other queries go on', async () => {
  const { store, lock } = await openLocked(20_000);
  const outcomes: string[] = [];
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const writing = Promise.all([
    insertStoredKey(store, createStoredKey('key_1')).then(() => outcomes.push('transaction')),
    store.touch('key_1', 1).then(() => outcomes.push('statement')),
  ]);
  for (let round = 0; round < 20; round += 1) {
    await store.list();
    await sleep(15);
  }
  delay.disable();
  // SQLite's own wait would hold the loop all the time.
  expect(delay.percentile(50) / 1e6).toBeLessThan(50);
  expect(outcomes).toEqual([]);
  await lock.release();
  await writing;
  expect(outcomes.toSorted()).toEqual(['statement', 'transaction']);
  expect(await store.list()).toMatchObject([{ id: 'key_1' }]);
});

test('says after its time that another process holds the lock, and goes on when it is free', async () => {
  const { store, lock } = await openLocked(60);
  const beganMs = performance.now();
  await expect(insertStoredKey(store, createStoredKey('key_1'))).rejects.toMatchObject({ code: 'busy' });
  expect(performance.now() - beganMs).toBeGreaterThan(55);
  await expect(store.touch('key_1', 1)).rejects.toMatchObject({ code: 'busy' });
  await lock.release();
  expect(await insertStoredKey(store, createStoredKey('key_1'))).toBe(true);
});

test('a query waits until the transaction of another caller is over', async () => {
  const { lock, database } = await openLocked(10_000);
  await lock.release();
  const { queries } = database;
  const order: string[] = [];
  const transaction = queries.transaction().execute(async (inside) => {
    await sql`SELECT 1`.execute(inside);
    await sleep(50);
    order.push('transaction');
    throw new Error('rolled back');
  });
  const query = sql`SELECT 1`.execute(queries).then(() => order.push('query'));
  await expect(transaction).rejects.toThrow('rolled back');
  await query;
  expect(order).toEqual(['transaction', 'query']);
});

test('a transaction that is rolled back already fails for its own reason, and the next one works', async () => {
  const { lock, database, store } = await openLocked(10_000);
  await lock.release();
  const transaction = database.queries.transaction().execute(async (inside) => {
    // As SQLite does by itself when the disk is full.
    await sql`ROLLBACK`.execute(inside);
    throw new Error('The disk is full.');
  });
  await expect(transaction).rejects.toThrow('The disk is full.');
  expect(await insertStoredKey(store, createStoredKey('key_1'))).toBe(true);
});
