// What a request costs that reached an upstream and ended without the usage of an answer: its row in the ledger.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { createCompositeBackend } from '../../src/gateway/create-composite-backend.ts';
import { type ModelPrice, toHighestPrice } from '../../src/service/limits/model-price.ts';
import type { LedgerRow } from '../../src/store/ledger-row.ts';
import { createDeployment, forgivingPolicy } from '../create-deployment.ts';
import { postChat } from '../http/requests.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readLedger } from '../usage-rows.ts';
import {
  events,
  jsonHead,
  pieces,
  roleChunk,
  sseHead,
  textChunks,
  usage,
  wholeHead,
} from './answer-texts.ts';
import type { Behaviour, Turn } from './faulty-upstream.ts';
import { startUpstreamSetup, type UpstreamSetup } from './upstream-setup.ts';

const embeddings = {
  object: 'list',
  data: [{ index: 0, embedding: [0.6, 0.8] }],
  usage: { prompt_tokens: 4 },
};

/** An answer to each endpoint of an upstream. */
function answer({ path, isStreamed, response }: Turn): void {
  response.writeHead(200, wholeHead(isStreamed));
  if (path.endsWith('/embeddings')) response.end(JSON.stringify(embeddings));
  else if (isStreamed) response.end(`${events(...toChunks(path))}data: [DONE]\n\n`);
  else response.end(JSON.stringify({ choices: [toChoice(path, pieces.join(''), 'stop')], usage }));
}

function toChunks(path: string): readonly object[] {
  const texts = pieces.map((text) => ({ choices: [toChoice(path, text, null)] }));
  return [...texts, { choices: [toChoice(path, '', 'stop')] }, { choices: [], usage }];
}

function toChoice(path: string, text: string, reason: string | null): object {
  const said = path.endsWith('/chat/completions')
    ? { delta: { content: text }, message: { content: text } }
    : { text };
  return { index: 0, ...said, finish_reason: reason };
}

const refuse =
  (status: number): Behaviour =>
  ({ response }) => {
    response.writeHead(status, jsonHead);
    response.end('{"error":{"message":"No.","type":"server_error","code":null}}');
  };

const behaviours: Readonly<Record<string, Behaviour>> = {
  good: answer,
  'no head': () => undefined,
  'a head': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.flushHeaders();
  },
  'a beginning': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.write(isStreamed ? events(roleChunk) : '{"choices":[');
  },
  'no answer': ({ response }) => {
    response.destroy();
  },
  'a cut head': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.flushHeaders();
    response.destroy();
  },
  'no JSON': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.end(isStreamed ? 'data: {"cho\n\n' : '{"cho');
  },
  'no usage': async ({ response }) => {
    response.writeHead(200, sseHead);
    response.write(events(roleChunk, ...textChunks.slice(0, 2)));
    await sleep(20);
    response.destroy();
  },
  'status 400': refuse(400),
  'status 429': refuse(429),
  'status 500': refuse(500),
  'status 503': refuse(503),
  'an error in a 200': ({ response }) => {
    response.writeHead(200, jsonHead);
    response.end('{"error":{"message":"No.","type":"server_error","code":null}}');
  },
};

/** Nano units of the currency for each token: 2 of the prompt and 3 of the answer. */
const price: ModelPrice = { inputNano: 2e6, cachedInputNano: 1e6, outputNano: 3e6, currency: 'USD' };
/** Ten times as much. */
const dearPrice: ModelPrice = { ...price, inputNano: 2e7, cachedInputNano: 1e7, outputNano: 3e7 };

const prompts: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '/chat/completions': { messages: [{ role: 'user', content: 'Hello' }] },
  '/completions': { prompt: 'Hello' },
  '/responses': { input: 'Hello' },
  '/messages': { max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] },
};
/** Estimated tokens of these prompts, and of the input of embeddings. */
const promptTokens: Readonly<Record<string, number>> = {
  '/chat/completions': 12,
  '/completions': 3,
  '/responses': 12,
  '/messages': 12,
  '/embeddings': 4,
};

const requests = [
  ...Object.entries(prompts).flatMap(([path, body]) => [
    { path, body, isStreamed: false },
    { path, body: { ...body, stream: true }, isStreamed: true },
  ]),
  { path: '/embeddings', body: { input: 'Hello' }, isStreamed: false },
];

let setup: UpstreamSetup;
let app: TestApp;
/** Gives its requests little time. */
let hurried: TestApp;

beforeAll(async () => {
  setup = await startUpstreamSetup(behaviours);
  const backends: Record<string, Backend> = {};
  for (const name of Object.keys(behaviours)) {
    const backend = setup.createBackend(name);
    backends[name] = backend;
    backends[`${name}, in a composite`] = toComposite(backend);
    backends[`${name}, then good`] = toComposite(backend, setup.createBackend('good'));
  }
  const gone = setup.createBackend('m', {}, { baseUrl: new URL('http://127.0.0.1:1/v1') });
  const slow = setup.createBackend('a beginning', { timeouts: { firstTokenMs: 100 } });
  backends['gone'] = toComposite(gone);
  backends['timed'] = toComposite(setup.createBackend('no head', { timeouts: { totalMs: 100 } }));
  backends['slow'] = toComposite(slow, setup.createBackend('good'));
  backends['one at a time'] = toComposite(setup.createBackend('no head'), undefined, { requestsMax: 1 });
  app = await startApp(backends, 60_000);
  hurried = await startApp(backends, 200);
});
afterAll(async () => {
  await app.close();
  await hurried.close();
  await setup.close();
});

function startApp(backends: Readonly<Record<string, Backend>>, requestMsMax: number): Promise<TestApp> {
  const ofDeployments = new Map([
    ['first', dearPrice],
    ['second', price],
  ]);
  const prices = Object.keys(backends).map((name) => [name, toHighestPrice('USD', ofDeployments)] as const);
  return startTestApp({ models: {}, backends, requestMsMax, prices: Object.fromEntries(prices) });
}

/** Several deployments of one model. */
function toComposite(first: Backend, second?: Backend, changes: { requestsMax?: number } = {}): Backend {
  return createCompositeBackend(
    [
      createDeployment('first', first, changes),
      ...(second === undefined ? [] : [createDeployment('second', second, { priority: 1 })]),
    ],
    forgivingPolicy,
  );
}

let asked = 0;

/** One request, under an id of its own. */
function ask(path: string, body: object, of = app) {
  asked += 1;
  const id = `asked-${asked}`;
  const controller = new AbortController();
  const answered = postChat(of, JSON.stringify(body), {
    path: `/v1${path}`,
    headers: { 'x-request-id': id },
    signal: controller.signal,
  });
  return {
    status: answered.then(
      ({ status }) => status,
      () => 'left',
    ),
    /** Reads to the end, however it ends. */
    exhaust: () => answered.then((got) => got.text()).catch(() => ''),
    leave: () => controller.abort(),
    /** Its row in the ledger. */
    row: async (): Promise<LedgerRow> => {
      let row: LedgerRow | undefined;
      const read = async () => {
        row = (await readLedger(of.database)).find(({ requestId }) => requestId === id);
        return row;
      };
      await expect.poll(read, { interval: 20, timeout: 10_000 }).toBeDefined();
      return row as LedgerRow;
    },
  };
}

/** Leaves when the upstream has the request. */
async function leave(model: string, path: string, body: object, served: string): Promise<LedgerRow> {
  const before = setup.server.count(served);
  const request = ask(path, { model, ...body });
  await expect.poll(() => setup.server.count(served), { interval: 5, timeout: 10_000 }).toBe(before + 1);
  // What the upstream says has time to arrive: the cost is the same before and after.
  await sleep(10);
  request.leave();
  await request.exhaust();
  return await request.row();
}

const counted = (tokens: number) => ({
  promptTokens: tokens,
  cachedTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
});

describe.each(requests)('$path, stream: $isStreamed', ({ path, body }) => {
  const tokens = promptTokens[path] ?? 0;
  const lost = { attempts: 1, total: counted(tokens), isEstimated: true, costNano: tokens * 20 };

  test.each(['no head', 'a head', 'a beginning'])(
    'a client leaves an upstream that sent %s',
    async (served) => {
      expect(await leave(served, path, body, served)).toMatchObject({
        ...lost,
        outcome: 'cancelled',
        deployment: served,
      });
      expect(await leave(`${served}, in a composite`, path, body, served)).toMatchObject({
        ...lost,
        outcome: 'cancelled',
        deployment: 'first',
      });
    },
  );

  test('the time of the deployment is over', async () => {
    const request = ask(path, { model: 'timed', ...body });
    expect(await request.status).toBe(504);
    expect(await request.row()).toMatchObject({ ...lost, outcome: 'timed-out' });
  });

  test('the time of the request is over', async () => {
    const request = ask(path, { model: 'a head, in a composite', ...body }, hurried);
    expect(await request.status).toBe(504);
    expect(await request.row()).toMatchObject({ ...lost, outcome: 'timed-out' });
  });

  test.each(['no answer', 'a cut head', 'no JSON'])('%s, and then another deployment', async (served) => {
    const request = ask(path, { model: `${served}, then good`, ...body });
    expect(await request.status).toBe(200);
    await request.exhaust();
    const isEmbedding = path === '/embeddings';
    const [said, made] = isEmbedding ? [4, 0] : [usage.prompt_tokens, usage.completion_tokens];
    expect(await request.row()).toMatchObject({
      attempts: 2,
      outcome: 'completed',
      deployment: 'second',
      isEstimated: true,
      total: { promptTokens: tokens + said, completionTokens: made },
      returned: { promptTokens: said, completionTokens: made },
      costNano: tokens * 20 + said * 2 + made * 3,
    });
  });

  test.each(['status 400', 'status 429', 'status 500', 'status 503', 'gone'])(
    '%s: what was refused or never sent costs nothing',
    async (model) => {
      const request = ask(path, { model, ...body });
      expect(await request.status).toBeGreaterThanOrEqual(400);
      const nothing = { attempts: 0, total: counted(0), isEstimated: false, costNano: 0 };
      expect(await request.row()).toMatchObject(nothing);
    },
  );
});

describe.each([false, true])('stream: %s', (stream) => {
  const path = '/chat/completions';
  const body = { ...prompts[path], stream };

  test('an error in the place of an answer costs nothing', async () => {
    const request = ask(path, { model: 'an error in a 200', ...body });
    expect(await request.status).toBe(502);
    expect(await request.row()).toMatchObject({ attempts: 0, costNano: 0 });
  });

  test('one whose first token is late, and the one that answers', async () => {
    const request = ask(path, { model: 'slow', ...body });
    expect(await request.status).toBe(200);
    await request.exhaust();
    expect(await request.row()).toMatchObject({ attempts: 2, costNano: 12 * 20 + 12 * 2 + 3 * 3 });
  });

  test('one that left the queue of its model costs nothing', async () => {
    const before = setup.server.count('no head');
    const first = ask(path, { model: 'one at a time', ...body });
    await expect.poll(() => setup.server.count('no head')).toBe(before + 1);
    // It waits until it is refused.
    const second = ask(path, { model: 'one at a time', ...body });
    expect(await second.status).toBe(503);
    expect(await second.row()).toMatchObject({ attempts: 0, costNano: 0 });
    first.leave();
    expect(await first.row()).toMatchObject({ attempts: 1, costNano: 12 * 20 });
  });

  test('a budget counts them', async () => {
    // Room for one prompt and the token that is reserved next to it.
    const { key } = await app.keys.create({
      name: 'limited',
      budget: { period: 'total', amountNano: 12 * 20 + 30, currency: 'USD' },
    });
    const limited = { ...app, key };
    const before = setup.server.count('no head');
    const first = ask(path, { model: 'no head', ...body, max_tokens: 1 }, limited);
    await expect.poll(() => setup.server.count('no head'), { timeout: 10_000 }).toBe(before + 1);
    first.leave();
    expect(await first.row()).toMatchObject({ outcome: 'cancelled', costNano: 12 * 20 });
    const second = ask(path, { model: 'no head', ...body, max_tokens: 1 }, limited);
    expect(await second.status).toBe(429);
  });
});

test('an upstream that dies in the middle costs its prompt and what came', async () => {
  const path = '/chat/completions';
  const request = ask(path, { model: 'no usage, in a composite', ...prompts[path], stream: true });
  await request.exhaust();
  expect(await request.row()).toMatchObject({
    attempts: 1,
    isEstimated: true,
    total: { promptTokens: 12, completionTokens: 2 },
    costNano: 12 * 20 + 2 * 30,
  });
});
