// A database that is killed, that hangs, or that another process locks, behind servers on real sockets.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished, test } from 'vitest';
import { openDatabase as openPostgres } from '../../src/store/postgres/open-database.ts';
import { createSqlKeyStore } from '../../src/store/sql/sql-key-store.ts';
import { openDatabase as openSqlite } from '../../src/store/sqlite/open-database.ts';
import { expectWithin } from '../expect-within.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { lockSqlite } from '../sqlite-lock.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import {
  chat,
  createWatch,
  isOver,
  readReady,
  readStatus,
  ShortestWaits,
  startApp,
  startOnPostgres,
  waitForStaleKeys,
} from './outage-server.ts';

/** One that looks like a key of this server, with a check that is wrong. */
const toMadeUpKey = (key: string) => `${key.slice(0, -5)}AAAAA`;

describeWithPostgres('servers whose Postgres does not answer', (postgres) => {
  it('serve known keys and no others after a crash of Postgres, and all keys when it is back', async () => {
    const { app, states } = await startOnPostgres(await postgres.createDatabase());
    const unused = await app.keys.create({ name: 'unused' });
    await expect.poll(() => readStatus(chat(app, app.key)), isOver).toBe(200);
    await expect.poll(() => readReady(app), isOver).toEqual([200, { status: 'ready', database: 'ok' }]);
    await postgres.kill();
    try {
      await expect
        .poll(() => readReady(app), isOver)
        .toEqual([200, { status: 'ready', database: 'degraded' }]);
      await waitForStaleKeys();
      expect(await readStatus(chat(app, app.key))).toBe(200);
      expect(await readStatus(chat(app, unused.key))).toBe('503 store_unavailable');
      expect(await readStatus(chat(app, toMadeUpKey(app.key)))).toBe('401 invalid_api_key');
      // A change that fails forgets no key.
      await expect(app.keys.create({ name: 'another' })).rejects.toMatchObject({ name: 'StoreError' });
      expect(await readStatus(chat(app, app.key))).toBe(200);
      // One line in the log, however many requests and probes fail.
      const changes = states.length;
      await sleep(1000);
      expect(states).toHaveLength(changes);
    } finally {
      await postgres.start();
    }
    await expect.poll(() => readStatus(chat(app, unused.key)), isOver).toBe(200);
    await expect.poll(() => readReady(app), isOver).toEqual([200, { status: 'ready', database: 'ok' }]);
    expect(states.slice(-2)).toMatchObject([{ failure: { isOutage: true } }, { failure: undefined }]);
  }, 60_000);

  it('refuse known keys too, where that is configured', async () => {
    const { app } = await startOnPostgres(await postgres.createDatabase(), { keyStaleMsMax: 0 });
    await expect.poll(() => readStatus(chat(app, app.key)), isOver).toBe(200);
    await postgres.kill();
    try {
      await waitForStaleKeys();
      expect(await readStatus(chat(app, app.key))).toBe('503 store_unavailable');
      expect(await readReady(app)).toEqual([200, { status: 'ready', database: 'degraded' }]);
    } finally {
      await postgres.start();
    }
    await expect.poll(() => readStatus(chat(app, app.key)), isOver).toBe(200);
  }, 60_000);

  it.skipIf(process.platform !== 'linux')(
    'hold up no request by more than 100 ms while it hangs',
    async () => {
      const { app } = await startOnPostgres(await postgres.createDatabase());
      const waits = new ShortestWaits();
      const askWhileItHangs = async () => {
        const unused = await app.keys.create({ name: 'unused' });
        await expect.poll(() => readStatus(chat(app, app.key)), isOver).toBe(200);
        await waitForStaleKeys();
        postgres.pause();
        const timesMs: number[] = [];
        try {
          for (const key of [app.key, unused.key, app.key, unused.key, app.key, unused.key]) {
            const beganMs = performance.now();
            expect(await readStatus(chat(app, key))).toBe(key === app.key ? 200 : '503 store_unavailable');
            timesMs.push(performance.now() - beganMs);
          }
          expect(await readReady(app)).toEqual([200, { status: 'ready', database: 'degraded' }]);
        } finally {
          postgres.resume();
        }
        await expect.poll(() => readStatus(chat(app, unused.key)), isOver).toBe(200);
        waits.add(timesMs);
        return waits.areShort();
      };
      await expect.poll(askWhileItHangs, { timeout: 90_000 }).toBe(true);
    },
    120_000,
  );

  it('let no disabled key on, and no request that was under way bring it back', async () => {
    const url = await postgres.createDatabase();
    const [{ app: one }, { app: other }] = [await startOnPostgres(url), await startOnPostgres(url)];
    await expectWithin(2000, async () => {
      const { key, record } = await one.keys.create({ name: 'short-lived' });
      await expect.poll(() => readStatus(chat(other, key)), isOver).toBe(200);
      let isDisabled = false;
      const asking = Array.from({ length: 4 }, async () => {
        while (!isDisabled) await readStatus(chat(other, key));
      });
      try {
        await one.keys.update(record.id, { isDisabled: true });
        const disabledMs = performance.now();
        expect(await readStatus(chat(one, key))).toBe('401 invalid_api_key');
        await expect.poll(() => readStatus(chat(other, key)), isOver).toBe('401 invalid_api_key');
        return performance.now() - disabledMs;
      } finally {
        isDisabled = true;
        await Promise.all(asking);
        expect(await readStatus(chat(other, key))).toBe('401 invalid_api_key');
      }
    });
  }, 60_000);

  it('start without it, and bring the tables up to date when it answers', async () => {
    const url = await postgres.createDatabase();
    const { watch, states } = createWatch();
    await postgres.kill();
    const open = async () => {
      try {
        return await openPostgres(url, { connectionsMax: 2, watch });
      } finally {
        await sleep(500);
      }
    };
    const database = await open().finally(() => postgres.start());
    onTestFinished(() => database.close());
    expect(states[0]).toMatchObject({ failure: { isOutage: true } });
    const store = createSqlKeyStore(database);
    await expect.poll(() => store.list().catch((error: Error) => error.name), isOver).toEqual([]);
    expect(states.at(-1)).toEqual({ failure: undefined });
  }, 60_000);

  it('end the start for what only an operator can change', async () => {
    const { watch } = createWatch();
    const wrong = postgres.toUrl('postgres', 'tester', 'wrong');
    await expect(openPostgres(wrong, { connectionsMax: 2, watch })).rejects.toMatchObject({
      message: expect.stringContaining('refuses the user or the password'),
    });
  });
});

test('a lock of another process on the SQLite file holds up no request by more than 100 ms', async () => {
  const { watch, states } = createWatch();
  const file = join(createTemporaryFolder(), 'gravix.db');
  const openStore = () => openSqlite(file, { busyTimeoutMs: 100, watch });
  const app = await startApp({ openStore, watch });
  const unused = await app.keys.create({ name: 'unused' });
  expect(await readStatus(chat(app, app.key))).toBe(200);
  const lock = await lockSqlite(file);
  onTestFinished(() => lock.release());
  for (const key of [app.key, unused.key, app.key, unused.key]) {
    await expectWithin(300, async () => {
      expect(await readStatus(chat(app, key))).toBe(200);
    });
  }
  await expect.poll(() => readReady(app), isOver).toEqual([200, { status: 'ready', database: 'degraded' }]);
  await lock.release();
  await expect.poll(() => readReady(app), isOver).toEqual([200, { status: 'ready', database: 'ok' }]);
  expect(states.length % 2).toBe(0);
}, 60_000);
