// `usage.cost` on every endpoint that a model answers, plain and streamed: what the ledger has.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readOpenApi } from './read-openapi.ts';
import { postChat, readAny } from './requests.ts';
import { createResponseValidator } from './response-validator.ts';

let app: TestApp;

beforeAll(async () => {
  const say = () => [started, textDelta('Once'), textDelta(' more'), finish(7)];
  const price = { inputNano: 2e9, cachedInputNano: 1e9, outputNano: 3e9, currency: 'EUR' };
  app = await startTestApp({
    models: { m: say, hourly: say, free: say },
    prices: { m: price, hourly: { ...price, perHourNano: 1e15 } },
  });
});

afterAll(() => app.close());

const messages = [{ role: 'user', content: 'Hi' }];
const requests: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['/chat/completions', { messages }],
  ['/chat/completions', { messages, n: 2 }],
  ['/chat/completions', { messages, stream: true, stream_options: { include_usage: true } }],
  ['/completions', { prompt: 'Hi' }],
  ['/completions', { prompt: ['Hi', 'Ho'], n: 2 }],
  ['/completions', { prompt: 'Hi', stream: true, stream_options: { include_usage: true } }],
  ['/responses', { input: 'Hi' }],
  ['/responses', { input: 'Hi', stream: true }],
  ['/embeddings', { input: ['Hi', 'Ho'] }],
];

function ask(path: string, body: object): Promise<Response> {
  return postChat(app, JSON.stringify(body), { path: `/v1${path}` });
}

/** The last of a stream. */
function readCost(text: string): number | undefined {
  const costs = [...text.matchAll(/"cost":([\d.e-]+)/g)];
  return costs.length === 0 ? undefined : Number(costs.at(-1)?.[1]);
}

test.each(requests)('%s %j', async (path, body) => {
  for (const model of ['m', 'hourly']) {
    const answer = await ask(path, { ...body, model });
    const text = await answer.text();
    expect(answer.status).toBe(200);
    const cost = readCost(text);
    expect(cost).toBeGreaterThan(0);
    const row = (await app.ledger()).at(-1);
    expect(row?.model).toBe(model);
    expect(Math.round((cost ?? 0) * 1e9)).toBe(row?.costNano);
    if (body['stream'] !== true) expect(JSON.parse(text).usage.cost).toBe(cost);
  }
  expect(readCost(await (await ask(path, { ...body, model: 'free' })).text())).toBeUndefined();
});

test('the deltas of a response have the cost so far, if they have usage', async () => {
  const asked = { model: 'm', input: 'Hi', stream: true, stream_options: { continuous_usage_stats: true } };
  const text = await (await ask('/responses', asked)).text();
  const costs = [...text.matchAll(/"cost":([\d.e-]+)/g)].map(([, cost]) => Number(cost));
  expect(costs.length).toBeGreaterThan(2);
  expect(costs).toEqual([...costs].sort((a, b) => a - b));
});

test('a stored response has its cost, and the reference describes it', async () => {
  const made = await readAny(await ask('/responses', { model: 'm', input: 'Hi' }));
  const stored = await fetch(`${app.url}/v1/responses/${made.id}`, {
    headers: { authorization: `Bearer ${app.key}` },
  });
  expect((await readAny(stored)).usage.cost).toBe(made.usage.cost);
  const document = await readOpenApi(app);
  for (const [path, body] of requests.filter(([, { stream }]) => stream !== true)) {
    const operation = document.paths[`/v1/inference${path}`]?.['post'];
    if (operation === undefined) throw new Error(`The reference has no ${path}.`);
    const answer = await readAny(await ask(path, { ...body, model: 'm' }));
    expect(createResponseValidator(document, operation)(200, 'application/json', answer)).toBeUndefined();
  }
});
