// Limits, budgets and the ledger while the database does not answer, behind servers on real sockets.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished, test } from 'vitest';
import type { NewKey } from '../../src/service/keys/new-key.ts';
import { openDatabase as openSqlite } from '../../src/store/sqlite/open-database.ts';
import type { UsageStore } from '../../src/store/usage-store.ts';
import { expectWithin } from '../expect-within.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { finish, type Script, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { lockSqlite } from '../sqlite-lock.ts';
import type { TestApp } from '../start-test-app.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { findUsageDifferences } from '../usage-rows.ts';
import {
  chat,
  createWatch,
  isOver,
  readReady,
  readStatus,
  ShortestWaits,
  startApp,
  startOnPostgres,
} from './outage-server.ts';

const actor = { kind: 'server', id: 'test', name: 'test' } as const;

/** Ends when the test says so. */
function createHeldScript() {
  let isHeld = true;
  const script: Script = function* () {
    yield started;
    yield textDelta('Once');
    while (isHeld) yield { type: 'wait', ms: 20 };
    yield finish(1);
  };
  return {
    script,
    release: () => {
      isHeld = false;
    },
  };
}

async function createKey(app: TestApp, policy: Omit<NewKey, 'name'>): Promise<string> {
  return (await app.keys.create({ name: 'limited', ...policy }, actor)).key;
}

const until = async (app: TestApp, database: 'ok' | 'degraded') =>
  await expect.poll(() => readReady(app), isOver).toEqual([200, { status: 'ready', database }]);

async function countStatuses(app: TestApp, key: string, times: number, more = {}) {
  const answers = await Promise.all(Array.from({ length: times }, () => readStatus(chat(app, key, more))));
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1;
  return counts;
}

/** Nothing is open, and ledger, sums and budgets agree. */
async function expectSettled({ database }: TestApp): Promise<void> {
  const readOpen = () => database.queries.selectFrom('openRequests').selectAll().execute();
  await expect.poll(readOpen, isOver).toEqual([]);
  expect(await findUsageDifferences(database)).toEqual([]);
}

async function spentTokens({ database }: TestApp): Promise<number> {
  const { queries } = database;
  const rows = await queries.selectFrom('ledger').select(['promptTokens', 'completionTokens']).execute();
  const periods = await queries.selectFrom('budgetPeriods').select('spentTokens').execute();
  const tokens = rows.reduce((sum, row) => sum + row.promptTokens + row.completionTokens, 0);
  expect(periods.reduce((sum, row) => sum + row.spentTokens, 0)).toBe(tokens);
  return tokens;
}

describeWithPostgres('keys with limits whose Postgres is down', (postgres) => {
  /** While Postgres is down. */
  async function duringOutage(app: TestApp, work: () => Promise<void>): Promise<void> {
    await postgres.kill();
    try {
      await until(app, 'degraded');
      await work();
    } finally {
      await postgres.start();
    }
    await until(app, 'ok');
  }

  it('have this share of their limits, and what ran is in the ledger afterwards', async () => {
    const { app } = await startOnPostgres(await postgres.createDatabase(), { replicaCount: 2 });
    const key = await createKey(app, { limits: { requestsPerMinute: 10 } });
    const free = await createKey(app, {});
    expect(await readStatus(chat(app, key))).toBe(200);
    expect(await readStatus(chat(app, free))).toBe(200);
    await duringOutage(app, async () => {
      // Half of 10, less the one of before.
      expect(await countStatuses(app, key, 30)).toEqual({ 200: 4, '429 rate_limit_exceeded': 26 });
      const refused = await chat(app, key);
      expect(refused.headers.get('x-ratelimit-limit-requests')).toBe('5');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
      expect(await countStatuses(app, free, 7)).toEqual({ 200: 7 });
    });
    await expect.poll(async () => (await app.ledger()).length, isOver).toBe(13);
    // The store counts them like any others.
    expect(await countStatuses(app, key, 20)).toEqual({ 200: 5, '429 rate_limit_exceeded': 15 });
    await expectSettled(app);
    expect((await app.ledger()).every(({ outcome }) => outcome === 'completed')).toBe(true);
  }, 60_000);

  it('are refused where that is configured, and others are not', async () => {
    const { app } = await startOnPostgres(await postgres.createDatabase(), { outageLimits: 'refuse' });
    const limited = await createKey(app, { limits: { requestsPerMinute: 10 } });
    const budgeted = await createKey(app, { budget: { period: 'day', tokens: 10_000 } });
    for (const key of [limited, budgeted, app.key]) expect(await readStatus(chat(app, key))).toBe(200);
    await duringOutage(app, async () => {
      for (const key of [limited, budgeted]) {
        expect(await readStatus(chat(app, key))).toBe('503 store_unavailable');
      }
      expect(await readStatus(chat(app, app.key))).toBe(200);
    });
    for (const key of [limited, budgeted]) {
      await expect.poll(() => readStatus(chat(app, key)), isOver).toBe(200);
    }
  }, 60_000);

  it('spend no more than their budgets had left', async () => {
    const say: Script = ({ maxTokens = 0 }) => [started, textDelta('Once'), finish(maxTokens, 'length')];
    const models = { good: say };
    const url = await postgres.createDatabase();
    const { app } = await startOnPostgres(url, { models });
    const { app: other } = await startOnPostgres(url, { models });
    const key = await createKey(app, { budget: { period: 'total', tokens: 500 } });
    expect(await readStatus(chat(other, key, { max_tokens: 100 }))).toBe(200);
    const unseen = await createKey(app, { budget: { period: 'total', tokens: 500 } });
    expect(await readStatus(chat(app, key, { max_tokens: 100 }))).toBe(200);
    // A key that is known, whose budget may be used up for all that this server knows.
    const headers = { authorization: `Bearer ${unseen}` };
    expect((await fetch(`${app.url}/v1/models`, { headers })).status).toBe(200);
    await app.ledger();
    let served = 2;
    await duringOutage(app, async () => {
      const counts = await countStatuses(app, key, 20, { max_tokens: 100 });
      expect(Object.keys(counts).sort()).toEqual(['200', '429 insufficient_quota']);
      served += counts['200'] ?? 0;
      expect(await readStatus(chat(app, unseen))).toBe('503 store_unavailable');
    });
    await expect.poll(async () => (await app.ledger()).length, isOver).toBe(served);
    await expectSettled(app);
    const spent = await spentTokens(app);
    expect(spent).toBeLessThanOrEqual(500);
    expect(spent).toBeGreaterThan(300);
    expect(await readStatus(chat(app, key, { max_tokens: 300 }))).toBe('429 insufficient_quota');
    expect(await readStatus(chat(app, unseen, { max_tokens: 100 }))).toBe(200);
  }, 60_000);

  it('are asked to come again where all servers together may have room', async () => {
    const { app } = await startOnPostgres(await postgres.createDatabase(), { replicaCount: 4 });
    const single = await createKey(app, { limits: { concurrentRequests: 3 } });
    const large = await createKey(app, { limits: { tokensPerMinute: 1000 } });
    for (const key of [single, large]) expect(await readStatus(chat(app, key, { max_tokens: 5 }))).toBe(200);
    await duringOutage(app, async () => {
      expect(await readStatus(chat(app, single))).toBe('503 store_unavailable');
      expect(await readStatus(chat(app, large, { max_tokens: 500 }))).toBe('503 store_unavailable');
      const refused = await chat(app, large, { max_tokens: 2000 });
      expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([429, 'false']);
      expect(await readStatus(chat(app, large, { max_tokens: 50 }))).toBe(200);
    });
    await expect.poll(async () => (await app.ledger()).length, isOver).toBe(3);
    await expectSettled(app);
  }, 60_000);

  it('are in the ledger once, whether they begin or end in the outage', async () => {
    const [before, within, after] = [createHeldScript(), createHeldScript(), createHeldScript()];
    const models = {
      good: sayTexts('Hi'),
      before: before.script,
      within: within.script,
      after: after.script,
    };
    const { app } = await startOnPostgres(await postgres.createDatabase(), { models });
    const key = await createKey(app, {
      limits: { concurrentRequests: 4, tokensPerDay: 100_000 },
      budget: { period: 'day', tokens: 100_000 },
    });
    expect(await readStatus(chat(app, key))).toBe(200);
    const asked = [readStatus(chat(app, key, { model: 'before' }))];
    await expect.poll(() => app.backend('before').running()).toBe(1);
    await duringOutage(app, async () => {
      asked.push(
        readStatus(chat(app, key, { model: 'within' })),
        readStatus(chat(app, key, { model: 'after' })),
      );
      await expect.poll(() => app.backend('after').running()).toBe(1);
      // Three run, one of them since before the outage.
      expect(await readStatus(chat(app, key))).toBe(200);
      before.release();
      within.release();
      await Promise.all(asked.slice(0, 2));
    });
    const readOpen = () => app.database.queries.selectFrom('openRequests').select('replicaId').execute();
    await expect.poll(async () => (await readOpen()).length, isOver).toBe(1);
    after.release();
    expect(await Promise.all(asked)).toEqual([200, 200, 200]);
    await expectSettled(app);
    const rows = await app.ledger();
    expect(rows.map(({ model }) => model).sort()).toEqual(['after', 'before', 'good', 'good', 'within']);
    expect(rows.every(({ outcome }) => outcome === 'completed')).toBe(true);
    await spentTokens(app);
  }, 60_000);

  it('have one row where the answer to their admission comes late', async () => {
    const held = createHeldScript();
    let isSlow = false;
    let answerLate: () => void = () => undefined;
    const hasBegun = new Promise<void>((resolve) => {
      answerLate = resolve;
    });
    const wrapUsageStore = (store: UsageStore): UsageStore => ({
      ...store,
      change: (subjects, work) =>
        store.change(subjects, async (transaction) => {
          const result = await work(transaction);
          if (!isSlow) return result;
          isSlow = false;
          // In the meantime the request begins, and its row is written on another connection.
          await hasBegun;
          return result;
        }),
    });
    const models = { good: sayTexts('Hi'), held: held.script };
    const { app } = await startOnPostgres(await postgres.createDatabase(), { models, wrapUsageStore });
    expect(await readStatus(chat(app, app.key))).toBe(200);
    await app.ledger();
    isSlow = true;
    const asked = readStatus(chat(app, app.key, { model: 'held' }));
    await expect.poll(() => app.backend('held').running()).toBe(1);
    answerLate();
    const readOpen = () => app.database.queries.selectFrom('openRequests').select('number').execute();
    await sleep(1500);
    expect(await readOpen()).toHaveLength(1);
    held.release();
    expect(await asked).toBe(200);
    await expectSettled(app);
    expect((await app.ledger()).map(({ model }) => model)).toEqual(['good', 'held']);
  }, 60_000);

  it.skipIf(process.platform !== 'linux')(
    'wait for one that hangs for 100 ms at most, with limits and with an idempotency key',
    async () => {
      const { app } = await startOnPostgres(await postgres.createDatabase());
      const key = await createKey(app, { limits: { requestsPerMinute: 1000, tokensPerMinute: 1_000_000 } });
      expect(await readStatus(chat(app, key))).toBe(200);
      let asked = 1;
      const askWhileItHangs = async (kind: string, waits: ShortestWaits) => {
        postgres.pause();
        const timesMs: number[] = [];
        try {
          for (let turn = 0; turn < 6; turn += 1) {
            const beganMs = performance.now();
            const headers = { 'idempotency-key': `${kind}-${asked}` };
            asked += 1;
            const answer = chat(app, key, {}, kind === 'idempotent' ? headers : {});
            expect(await readStatus(answer)).toBe(200);
            timesMs.push(performance.now() - beganMs);
          }
        } finally {
          postgres.resume();
        }
        await until(app, 'ok');
        waits.add(timesMs);
        return waits.areShort();
      };
      for (const kind of ['limited', 'idempotent']) {
        const waits = new ShortestWaits();
        await expect.poll(() => askWhileItHangs(kind, waits), { timeout: 50_000 }).toBe(true);
      }
      await expect.poll(async () => (await app.ledger()).length, isOver).toBe(asked);
      await expectSettled(app);
    },
    120_000,
  );
});

test('with SQLite, a lock of another process leaves limits exact and loses no row', async () => {
  const { watch } = createWatch();
  const file = join(createTemporaryFolder(), 'gravix.db');
  const openStore = () => openSqlite(file, { busyTimeoutMs: 100, watch });
  const app = await startApp({ openStore, watch });
  const key = await createKey(app, { limits: { requestsPerMinute: 10 } });
  expect(await countStatuses(app, key, 3)).toEqual({ 200: 3 });
  const lock = await lockSqlite(file);
  onTestFinished(() => lock.release());
  let asked = 0;
  await expectWithin(300, async () => {
    asked += 1;
    expect(await readStatus(chat(app, key))).toBe(200);
  });
  expect(await countStatuses(app, key, 20)).toEqual({
    200: 7 - asked,
    '429 rate_limit_exceeded': 13 + asked,
  });
  await lock.release();
  await until(app, 'ok');
  await expect.poll(async () => (await app.ledger()).length, isOver).toBe(10);
  await sleep(50);
  expect(await countStatuses(app, key, 3)).toEqual({ '429 rate_limit_exceeded': 3 });
  await expectSettled(app);
}, 60_000);
