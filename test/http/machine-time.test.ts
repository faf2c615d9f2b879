// A price per hour of machine time: what requests pay, and how budgets hold.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NewKey } from '../../src/service/keys/new-key.ts';
import { finish, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { chatBody, postChat, readAny } from './requests.ts';

const wait = (ms: number) => ({ type: 'wait', ms }) as const;

/** One unit of the currency for a second, which a test can wait for. */
const perSecond = {
  inputNano: 0,
  cachedInputNano: 0,
  outputNano: 0,
  perHourNano: 3600 * 1e9,
  currency: 'USD',
};

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      slow: () => [started, wait(200), textDelta('Once'), wait(200), finish(2)],
      reads: () => [started, { type: 'wait-for-abort' }],
      talks: function* () {
        yield started;
        for (;;) {
          yield wait(5);
          yield textDelta(' word');
        }
      },
      both: () => [started, wait(100), textDelta('Once'), finish(10)],
    },
    prices: {
      slow: perSecond,
      reads: perSecond,
      talks: perSecond,
      both: { ...perSecond, outputNano: 1e9 * 1e6 },
    },
  });
});

afterAll(() => app.close());

async function createKey(policy: Omit<NewKey, 'name'> = {}): Promise<string> {
  return (await app.keys.create({ name: 'key', ...policy })).key;
}

function ask(key: string, model: string, more: object = {}): Promise<Response> {
  return postChat(app, chatBody(model, more), { headers: { authorization: `Bearer ${key}` } });
}

const money = (amount: number) =>
  ({ period: 'total', amountNano: Math.round(amount * 1e9), currency: 'USD' }) as const;

async function sumCosts(key: string): Promise<number> {
  const rows = await app.ledger();
  const id = (await app.keys.verify(key))?.id;
  return rows.filter(({ keyId }) => keyId === id).reduce((sum, { costNano = 0 }) => sum + costNano, 0) / 1e9;
}

test('a request costs the time in which its model worked for it, on the wire and in the ledger', async () => {
  const key = await createKey();
  const plain = await readAny(await ask(key, 'slow'));
  expect(plain.usage.cost).toBeGreaterThan(0.38);
  expect(plain.usage.cost).toBeLessThan(1.5);
  expect(await sumCosts(key)).toBeCloseTo(plain.usage.cost, 9);
  const stream = await (
    await ask(key, 'slow', { stream: true, stream_options: { include_usage: true } })
  ).text();
  const cost = Number(/"cost":([\d.]+)/.exec(stream)?.[1]);
  expect(cost).toBeGreaterThan(0.38);
  expect(await sumCosts(key)).toBeCloseTo(plain.usage.cost + cost, 9);
});

test('requests at the same time share it', async () => {
  const key = await createKey();
  const begunAtMs = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 4 }, async () => readAny(await ask(key, 'slow', { n: 2 }))),
  );
  const elapsed = (performance.now() - begunAtMs) / 1000;
  const sum = answers.reduce((total, { usage }) => total + usage.cost, 0);
  expect(sum).toBeGreaterThan(0.38);
  expect(sum).toBeLessThan(elapsed);
  expect(await sumCosts(key)).toBeCloseTo(sum, 6);
});

test('tokens with a price are paid besides', async () => {
  const { usage } = await readAny(await ask(await createKey(), 'both'));
  expect(usage.cost).toBeGreaterThan(10.09);
  expect(usage.cost).toBeLessThan(11);
});

test.each([
  ['that talks', 'talks', true],
  ['that talks, plain', 'talks', false],
  ['that reads its prompt for long', 'reads', true],
])('a budget ends a request %s, and is not exceeded', async (_title, model, stream) => {
  const key = await createKey({ budget: money(1) });
  const answer = await ask(key, model, { stream });
  const text = await answer.text().catch(String);
  if (stream) expect(text).not.toContain('[DONE]');
  else
    expect({ status: answer.status, text }).toMatchObject({
      status: 429,
      text: expect.stringContaining('insufficient_quota'),
    });
  const spent = await sumCosts(key);
  expect(spent).toBeLessThanOrEqual(1);
  expect(spent).toBeGreaterThan(0.5);
  expect((await app.ledger()).at(-1)).toMatchObject({ errorCode: 'insufficient_quota' });
  // Less than half a second is left.
  expect((await ask(key, model)).status).toBe(429);
});

test('what a request gives back lets another one go on', async () => {
  const key = await createKey({ budget: money(6.5) });
  // The first one reserves five seconds and needs less than one; the second begins with what is left.
  const first = ask(key, 'slow');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = await ask(key, 'talks', { stream: true });
  expect(second.status).toBe(200);
  await second.text().catch(String);
  expect((await first).status).toBe(200);
  const spent = await sumCosts(key);
  expect(spent).toBeLessThanOrEqual(6.5);
  expect(spent).toBeGreaterThan(5);
}, 20_000);

test('many at once do not exceed it together, and nothing stays reserved', async () => {
  const key = await createKey({ budget: money(6) });
  const begunAtMs = performance.now();
  await Promise.all(
    Array.from({ length: 8 }, async () => (await ask(key, 'talks', { stream: true })).text().catch(String)),
  );
  const spent = await sumCosts(key);
  expect(spent).toBeLessThanOrEqual(6);
  expect(spent).toBeLessThan((performance.now() - begunAtMs) / 1000 + 0.1);
  expect(spent).toBeGreaterThan(4);
  const open = await app.database.queries.selectFrom('openRequests').selectAll().execute();
  expect(open).toEqual([]);
}, 20_000);
