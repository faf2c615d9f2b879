// Budgets that pass their soft limit, as an operator hears of them: by one line of the log, and by a webhook.
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { NewKey } from '../../src/service/keys/new-key.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { finish, type Script, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../start-test-app.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { startWebhookReceiver } from '../webhook-receiver.ts';
import { openPlace } from './open-place.ts';
import { postChat } from './requests.ts';

const webhookSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const line = 'a budget has passed its soft limit';

/** Ten tokens that cost 0.00001 each. */
const tenTokens: Script = () => [started, textDelta('Hi'), finish(10)];
const prices = {
  m: { inputNano: 0, cachedInputNano: 0, outputNano: 10_000_000_000, currency: 'USD' },
};

async function start(options: Partial<TestAppOptions> = {}): Promise<TestApp> {
  const app = await startTestApp({ models: { m: tenTokens }, prices, ...options });
  onTestFinished(() => app.close());
  return app;
}

async function ask(app: TestApp, key: string, maxTokens = 10): Promise<number> {
  const body = JSON.stringify({
    model: 'm',
    messages: [{ role: 'user', content: 'Hi' }],
    max_tokens: maxTokens,
  });
  const answer = await postChat(app, body, { headers: { authorization: `Bearer ${key}` } });
  await answer.text();
  return answer.status;
}

function linesOf(apps: readonly TestApp[]) {
  return apps.flatMap((app) => app.logLines()).filter(({ msg }) => msg === line);
}

/** Longer than a look for budgets, and a delivery, take. */
const quietMs = 400;
const quiet = () => new Promise((resolve) => setTimeout(resolve, quietMs));

const tenthOfCent = { amountNano: 1_000_000, currency: 'USD', period: 'month' } as const;

function createKey(app: TestApp, policy: Omit<NewKey, 'name'>) {
  return app.keys.create({ name: 'Zoë', ...policy });
}

test('a webhook is sent once, signed, and says what was spent', async () => {
  const receiver = await startWebhookReceiver();
  const app = await start({ notices: { webhookUrl: receiver.url, webhookSecret } });
  const { key, record } = await createKey(app, { budget: tenthOfCent });
  for (let count = 0; count < 7; count += 1) expect(await ask(app, key)).toBe(200);
  await quiet();
  expect(receiver.received).toHaveLength(0);
  expect(await ask(app, key)).toBe(200);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), 20_000);
  expect(await ask(app, key)).toBe(200);
  await quiet();
  expect(receiver.received).toHaveLength(1);
  const [{ headers, body }] = receiver.received as [(typeof receiver.received)[0]];
  const { 'webhook-id': id, 'webhook-timestamp': timestamp } = headers;
  const signature = createHmac('sha256', Buffer.from(webhookSecret.slice(6), 'base64'))
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  expect(id).toMatch(/^msg_[0-9a-f]{32}$/);
  expect(JSON.parse(body)).toStrictEqual({
    type: 'budget.soft_limit_passed',
    timestamp: expect.stringMatching(/^20\d\d-.*Z$/),
    data: {
      object: 'key',
      id: record.id,
      name: 'Zoë',
      soft_limit_percent: 80,
      passed: ['amount'],
      budget: { amount: 0.001, currency: 'USD', tokens: null, period: 'month', time_zone: 'UTC' },
      spent: { amount: 0.0008, tokens: expect.any(Number) },
      resets_at: expect.any(Number),
    },
  });
  expect(linesOf([app])).toMatchObject([
    { level: 40, owner: 'key', id: record.id, percent: 80, spentNano: 800_000, amountNano: 1_000_000 },
  ]);
  expect(app.logText()).not.toMatch(/hidden-token|MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw/);
});

test('without an address there is only the line', async () => {
  const app = await start();
  const { key } = await createKey(app, { budget: { tokens: 50, period: 'total' } });
  await ask(app, key);
  await ask(app, key);
  await vi.waitFor(() => expect(linesOf([app])).toHaveLength(1), 20_000);
  expect(await app.database.queries.selectFrom('webhookMessages').selectAll().execute()).toEqual([]);
});

test('a soft limit of 0 reports nothing', async () => {
  const app = await start({ notices: { budgetSoftLimitPercent: 0 } });
  const { key } = await createKey(app, { budget: { tokens: 50, period: 'total' } });
  await ask(app, key);
  await ask(app, key);
  await quiet();
  expect(linesOf([app])).toEqual([]);
});

test('a project has its own notice, whichever of its keys spends', async () => {
  const receiver = await startWebhookReceiver();
  const app = await start({
    notices: { webhookUrl: receiver.url, webhookSecret, budgetSoftLimitPercent: 50 },
  });
  const project = await app.keys.projects.create({ name: 'team', budget: tenthOfCent });
  const keys = await Promise.all([1, 2].map(() => createKey(app, { project: project.id })));
  for (const { key } of [...keys, ...keys, ...keys]) await ask(app, key);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), 20_000);
  expect(JSON.parse(receiver.received[0]?.body ?? '').data).toMatchObject({
    object: 'project',
    id: project.id,
    name: 'team',
    soft_limit_percent: 50,
  });
});

test('a budget that is raised for a time is reported again where the raised one is passed', async () => {
  const receiver = await startWebhookReceiver();
  const app = await start({ notices: { webhookUrl: receiver.url, webhookSecret } });
  const { key, record } = await createKey(app, { budget: tenthOfCent });
  for (let count = 0; count < 8; count += 1) await ask(app, key);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), 20_000);
  const untilMs = Date.now() + 60_000;
  await app.keys.update(record.id, { budget: { override: { amountNano: 2_000_000, untilMs } } });
  for (let count = 8; count < 15; count += 1) expect(await ask(app, key)).toBe(200);
  await quiet();
  expect(receiver.received).toHaveLength(1);
  await ask(app, key);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2), 20_000);
  expect(JSON.parse(receiver.received[1]?.body ?? '').data).toMatchObject({
    budget: { amount: 0.002 },
    spent: { amount: 0.0016 },
  });
  // The end of the override is no news.
  await app.keys.update(record.id, { budget: { override: null } });
  expect(await ask(app, key)).toBe(429);
  await quiet();
  expect(receiver.received).toHaveLength(2);
});

test('a budget that was lowered below what is spent is reported when it refuses', async () => {
  const app = await start();
  const { key, record } = await createKey(app, { budget: { tokens: 1000, period: 'total' } });
  await ask(app, key);
  await ask(app, key);
  await app.ledger();
  await app.keys.update(record.id, { budget: { tokens: 5 } });
  expect(await ask(app, key)).toBe(429);
  await vi.waitFor(() => expect(linesOf([app])).toHaveLength(1), 20_000);
});

test.each([
  ['fails', 500],
  ['redirects', 302],
  ['hangs', undefined],
])('a receiver that %s slows no request, and the log says so without the address', async (_title, status) => {
  const receiver = await startWebhookReceiver(() => status);
  const app = await start({ notices: { webhookUrl: receiver.url, webhookSecret, webhookMsMax: 300 } });
  const { key } = await createKey(app, { budget: { tokens: 50, period: 'total' } });
  for (let count = 0; count < 2; count += 1) await ask(app, key);
  await vi.waitFor(() => expect(app.logText()).toContain('a webhook was not delivered'), 20_000);
  expect(receiver.received).toHaveLength(1);
  const begunAtMs = performance.now();
  expect(await ask(app, app.key)).toBe(200);
  expect(performance.now() - begunAtMs).toBeLessThan(1000);
  expect(app.logText()).not.toMatch(/hidden-token|elsewhere/);
  expect(await app.database.queries.selectFrom('webhookMessages').selectAll().execute()).toMatchObject([
    { attempts: 1 },
  ]);
});

function defineReplicaTest(createPlace: () => Promise<string>): void {
  test('of two servers on one database one sends it', async () => {
    const receiver = await startWebhookReceiver();
    const place = await createPlace();
    const options = {
      openStore: () => openPlace(place),
      notices: { webhookUrl: receiver.url, webhookSecret },
    };
    const apps = [await start(options), await start(options)] as const;
    const { key } = await createKey(apps[0], {
      budget: { amountNano: 4_000_000, currency: 'USD', period: 'day' },
    });
    // Few at once: on a busy machine a store that answers late counts as hanging.
    const askOften = async (app: TestApp, count: number) => {
      for (let asked = 0; asked < count; asked += 1) expect(await ask(app, key)).toBe(200);
    };
    await Promise.all([askOften(apps[0], 20), askOften(apps[1], 19)]);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), 20_000);
    await quiet();
    expect(receiver.received).toHaveLength(1);
    expect(linesOf(apps)).toHaveLength(1);
  });
}

describe('sqlite', () => {
  defineReplicaTest(async () => join(createTemporaryFolder(), 'gravix.db'));
});
describeWithPostgres('postgres', (server) => {
  defineReplicaTest(() => server.createDatabase());
});
