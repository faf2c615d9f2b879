// What a key may know of itself: limits and budgets, and what is used of them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UsageStore } from '../../src/store/usage-store.ts';
import { sayTexts, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { type AdminRequest, chatStatus, createAdminClient } from './admin-client.ts';
import { chatBody, eventually, postChat } from './requests.ts';

const price = { inputNano: 2e9, cachedInputNano: 1e9, outputNano: 8e9, currency: 'USD' };

let app: TestApp;
let admin: AdminRequest;
let questions = 0;

function countQuestions(store: UsageStore): UsageStore {
  return {
    ...store,
    readUse: (asked) => {
      questions += 1;
      return store.readUse(asked);
    },
  };
}

beforeAll(async () => {
  app = await startTestApp({
    models: {
      good: sayTexts('Hi', ' you'),
      endless: () => [started, textDelta('Once'), { type: 'wait-for-abort' }],
    },
    prices: { good: price },
    wrapUsageStore: countQuestions,
  });
  admin = await createAdminClient(app);
});

afterAll(() => app.close());

const noLimits = {
  requests_per_minute: null,
  requests_per_day: null,
  tokens_per_minute: null,
  tokens_per_day: null,
  concurrent_requests: null,
};

test.each(['/v1', '/v1/inference'])('a key without limits, whatever its scope, under %s', async (base) => {
  const { key, record } = await app.keys.create({ name: 'free', scopes: ['metrics'], models: ['good*'] });
  const before = questions;
  expect(await admin('GET', `${base}/key`, undefined, key)).toMatchObject({
    status: 200,
    body: {
      object: 'key.use',
      id: record.id,
      name: 'free',
      project: 'default',
      scopes: ['metrics'],
      models: ['good*'],
      limits: noLimits,
      budget: null,
      project_budget: null,
    },
  });
  expect(questions).toBe(before);
  expect((await admin('GET', `${base}/key`, undefined, 'gx-none')).status).toBe(401);
});

test('the tightest limits of the key and its project, and both budgets', async () => {
  const { id: project } = await app.keys.projects.create({
    name: 'team',
    limits: { requestsPerMinute: 5, tokensPerDay: 50, concurrentRequests: 9 },
    budget: { amountNano: 1e9, currency: 'USD', period: 'month' },
  });
  const { key, record } = await app.keys.create({
    name: 'limited',
    project,
    limits: { requestsPerMinute: 10, tokensPerDay: 100_000, tokensPerMinute: 10_000, concurrentRequests: 4 },
    budget: { tokens: 20_000, period: 'total' },
  });
  const { key: colleague } = await app.keys.create({ name: 'colleague', project });
  const send = (by: string) =>
    postChat(app, chatBody('good', { max_tokens: 5 }), { headers: { authorization: `Bearer ${by}` } });
  expect(await (await send(key)).json()).toMatchObject({ object: 'chat.completion' });
  expect(await (await send(colleague)).json()).toMatchObject({ object: 'chat.completion' });
  const rows = await app.ledger();
  const tokensOf = (of: typeof rows) =>
    of.reduce((sum, { total }) => sum + total.promptTokens + total.completionTokens, 0);
  const own = tokensOf(rows.filter(({ keyId }) => keyId === record.id));
  const both = tokensOf(rows.filter(({ projectId }) => projectId === project));
  expect([own > 0, both]).toEqual([true, 2 * own]);
  const cost = rows.reduce(
    (sum, { projectId, costNano = 0 }) => sum + (projectId === project ? costNano : 0),
    0,
  );
  expect(cost).toBeGreaterThan(0);
  const now = new Date();
  const { body } = await admin('GET', '/v1/key', undefined, key);
  expect(body.models).toBeNull();
  expect(body.limits).toEqual({
    requests_per_minute: { limit: 5, used: 2, remaining: 3, reset_seconds: 61, owner: 'project' },
    requests_per_day: null,
    tokens_per_minute: { limit: 10_000, used: own, remaining: 10_000 - own, reset_seconds: 61, owner: 'key' },
    tokens_per_day: {
      limit: 50,
      used: both,
      remaining: 50 - both,
      reset_seconds: 86_700,
      owner: 'project',
    },
    concurrent_requests: { limit: 4, used: 0, remaining: 4, reset_seconds: null, owner: 'key' },
  });
  expect(body.budget).toEqual({
    period: 'total',
    currency: null,
    amount: null,
    tokens: { limit: 20_000, used: own, remaining: 20_000 - own },
    resets_at: null,
  });
  expect(body.project_budget).toEqual({
    period: 'month',
    currency: 'USD',
    amount: { limit: 1, used: cost / 1e9, remaining: (1e9 - cost) / 1e9 },
    tokens: null,
    resets_at: Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1) / 1000,
  });
});

test('what runs is used, and comes back when it ends', async () => {
  const { key } = await app.keys.create({
    name: 'running',
    limits: { concurrentRequests: 2 },
    budget: { tokens: 10_000, period: 'day' },
  });
  const controller = new AbortController();
  const running = postChat(app, chatBody('endless', { max_tokens: 40, stream: true }), {
    headers: { authorization: `Bearer ${key}` },
    signal: controller.signal,
  });
  const answer = await running;
  await eventually(() => app.backend('endless').running() === 1);
  const during = (await admin('GET', '/v1/key', undefined, key)).body;
  expect(during.limits.concurrent_requests).toMatchObject({ limit: 2, used: 1, remaining: 1 });
  expect(during.budget.tokens.used).toBeGreaterThanOrEqual(40);
  controller.abort();
  await answer.text().catch(() => '');
  await expect
    .poll(async () => (await admin('GET', '/v1/key', undefined, key)).body.limits.concurrent_requests.used)
    .toBe(0);
  const after = (await admin('GET', '/v1/key', undefined, key)).body;
  expect(after.budget.tokens.used).toBeLessThan(40);
  expect(await chatStatus(app, key)).toBe(200);
});
