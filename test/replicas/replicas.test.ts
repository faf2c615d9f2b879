// Two servers behind a balancer on one Postgres, under load.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/store/postgres/open-database.ts';
import type { SqlDatabase } from '../../src/store/sql/sql-database.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { findUsageDifferences, readLedger } from '../usage-rows.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { type ReplicaProcess, startReplicaProcess } from './start-replica-process.ts';

/** Written within 100 ms of its end; more on a busy machine. */
const writtenWithinMs = 1000;

interface Asked {
  readonly key: string;
  readonly requestId?: string;
  readonly maxTokens?: number;
  readonly isStreamed?: boolean;
}

/** On a new connection each time, so that the balancer has something to choose. */
function ask(url: string, { key, requestId, maxTokens = 1, isStreamed = false }: Asked): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      connection: 'close',
      ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
    },
    body: JSON.stringify({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      max_tokens: maxTokens,
      stream: isStreamed,
    }),
  });
}

async function readStatus(answering: Promise<Response>): Promise<number> {
  const answer = await answering;
  await answer.text();
  return answer.status;
}

async function callAdmin({ url, adminKey }: ReplicaProcess, method: string, path: string, body?: object) {
  const answer = await fetch(`${url}/v1/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect([200, 201]).toContain(answer.status);
  return (await answer.json()) as { readonly id: string; readonly key: string };
}

const createKey = (on: ReplicaProcess, policy: object) =>
  callAdmin(on, 'POST', '/keys', { name: 'key', ...policy });

describeWithPostgres('two servers behind a balancer', (postgres) => {
  let first: ReplicaProcess;
  let second: ReplicaProcess;
  let balancer: Balancer;
  let database: SqlDatabase;

  beforeAll(async () => {
    const url = await postgres.createDatabase();
    [first, second] = await Promise.all([startReplicaProcess(url), startReplicaProcess(url)]);
    balancer = await startBalancer([first.port, second.port]);
    database = await openDatabase(url, { connectionsMax: 2 });
  }, 60_000);

  afterAll(async () => {
    await balancer.close();
    await Promise.all([first.stop(), second.stop()]);
    await database.close();
  }, 60_000);

  const readOpen = () => database.queries.selectFrom('openRequests').selectAll().execute();

  it('accept at once a key that one of them made', async () => {
    for (const [one, other] of [
      [first, second],
      [second, first],
    ] as const) {
      const { key } = await createKey(one, {});
      expect(await readStatus(ask(other.url, { key }))).toBe(200);
    }
  });

  it('let in as many requests as a limit says, and no more', async () => {
    const { key } = await createKey(first, { limits: { requests_per_minute: 40 } });
    const before = balancer.connections().slice();
    const statuses = await Promise.all(
      Array.from({ length: 200 }, () => readStatus(ask(balancer.url, { key }))),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(40);
    expect(statuses.filter((status) => status === 429)).toHaveLength(160);
    for (const [index, count] of balancer.connections().entries()) {
      expect(count - (before[index] ?? 0)).toBe(100);
    }
  }, 30_000);

  it('run as many requests at a time as a limit says, and no more', async () => {
    const { key } = await createKey(second, { limits: { concurrent_requests: 5 } });
    const asked = { key, maxTokens: 200, isStreamed: true };
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(balancer.url, asked)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    await Promise.all(answers.map((answer) => answer.text()));
    await expect.poll(() => readStatus(ask(balancer.url, { key })), { timeout: 5000 }).toBe(200);
  }, 30_000);

  it.each(['disable', 'delete'])(
    '%s a key within two seconds, whatever is in flight',
    async (how) => {
      const { id, key } = await createKey(first, {});
      let isLoaded = true;
      onTestFinished(() => {
        isLoaded = false;
      });
      /** When each request began, and its status. */
      const statuses: { readonly atMs: number; readonly status: number }[] = [];
      const workers = Array.from({ length: 6 }, async () => {
        while (isLoaded) {
          const atMs = performance.now();
          statuses.push({ atMs, status: await readStatus(ask(balancer.url, { key, maxTokens: 5 })) });
        }
      });
      await sleep(500);
      // These run on both servers when the key stops.
      const streams = [first, second].map(({ url }) => ask(url, { key, maxTokens: 300, isStreamed: true }));
      for (const stream of streams) expect((await stream).status).toBe(200);
      if (how === 'disable') await callAdmin(second, 'PATCH', `/keys/${id}`, { disabled: true });
      else await callAdmin(second, 'DELETE', `/keys/${id}`);
      const stoppedMs = performance.now();
      await sleep(2500);
      for (const stream of streams) expect(await (await stream).text()).toContain('[DONE]');
      await sleep(500);
      isLoaded = false;
      await Promise.all(workers);
      expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([200, 401]));
      const late = statuses.filter(({ atMs }) => atMs > stoppedMs + 2000);
      expect(late.length).toBeGreaterThan(20);
      expect(new Set(late.map(({ status }) => status))).toEqual(new Set([401]));
    },
    30_000,
  );

  it('lose nothing but what one of them worked on when it was killed', async () => {
    const limits = { concurrent_requests: 8, tokens_per_day: 1_000_000 };
    const budget = { tokens: 1_000_000, period: 'total' };
    const { id, key } = await createKey(first, { limits, budget });
    const begun = new Set<string>();
    const answered = new Map<string, number>();
    let isLoaded = true;
    const askFully = async (requestId: string, isStreamed: boolean) => {
      const maxTokens = 5 + Math.floor(Math.random() * 60);
      const answer = await ask(balancer.url, { key, requestId, isStreamed, maxTokens });
      if (answer.status === 200) begun.add(requestId);
      await answer.text();
      if (answer.status === 200) answered.set(requestId, performance.now());
    };
    const workers = Array.from({ length: 12 }, async (_, worker) => {
      for (let turn = 0; isLoaded; turn += 1) {
        await askFully(`r-${worker}-${turn}`, worker % 2 === 0).catch(() => undefined);
      }
    });
    await sleep(1500);
    const heldByDead = (await readOpen()).length;
    await second.kill();
    const killedMs = performance.now();
    await sleep(2000);
    isLoaded = false;
    await Promise.all(workers);
    expect(heldByDead).toBeGreaterThan(0);

    // The other one takes it for dead, settles what it left, and has all of the limit again.
    await expect.poll(readOpen, { timeout: 30_000, interval: 250 }).toEqual([]);
    const fill = Array.from({ length: 8 }, () => ask(first.url, { key, maxTokens: 100, isStreamed: true }));
    for (const answer of await Promise.all(fill)) {
      expect(answer.status).toBe(200);
      await answer.text();
    }
    await expect.poll(readOpen, { timeout: 5000 }).toEqual([]);

    const rows = (await readLedger(database)).filter(({ keyId }) => keyId === id);
    const outcomes = new Map(rows.map(({ requestId, outcome }) => [requestId, outcome]));
    expect(outcomes.size).toBe(rows.length);
    for (const requestId of begun) expect(outcomes.has(requestId), requestId).toBe(true);
    for (const [requestId, atMs] of answered) {
      if (Math.abs(killedMs - atMs) < writtenWithinMs) continue;
      expect(outcomes.get(requestId), requestId).toBe('completed');
    }
    const interrupted = rows.filter(({ outcome }) => outcome === 'interrupted');
    expect(interrupted.length).toBeGreaterThan(0);
    expect(interrupted.every(({ isEstimated }) => isEstimated)).toBe(true);
    // Eight ran at a time, and some may have ended just before.
    expect(interrupted.length).toBeLessThanOrEqual(16);
    const tokens = rows.reduce((sum, { total }) => sum + total.promptTokens + total.completionTokens, 0);
    const spent = await database.queries
      .selectFrom('budgetPeriods')
      .select('spentTokens')
      .where('subject', '=', `key:${id}`)
      .execute();
    expect(spent).toEqual([{ spentTokens: tokens }]);
    expect(await findUsageDifferences(database)).toEqual([]);
  }, 90_000);
});
