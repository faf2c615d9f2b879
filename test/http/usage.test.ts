// Each request that reached a use case leaves exactly one usage record, however it ends.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackendError } from '../../src/backend/backend-error.ts';
import {
  type TokenCounts,
  type UsageEndpoint,
  type UsageRecord,
  usageEndpoints,
} from '../../src/service/usage/usage-record.ts';
import { finish, refuse, type Script, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { bad, good } from '../scripted-chat.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { eventually, postChat, readAny } from './requests.ts';

const crash = new BackendError('engine_crashed', 'The engine crashed.');

/** Answers without their form as often as the model's name says, and then with it. */
function fail(times: number): Script {
  let asked = 0;
  return () => {
    asked += 1;
    return asked <= times ? bad : good;
  };
}

/** Of requests to `hurried`, in milliseconds. */
const requestMsMax = 700;

const endless: Script = () => [started, textDelta('Once'), textDelta(' more'), { type: 'wait-for-abort' }];

let app: TestApp;
let hurried: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      good: sayTexts('Once', ' more'),
      cut: () => [started, textDelta('Once'), finish(2, 'length')],
      endless,
      crashed: refuse(crash),
      busy: refuse(new BackendError('overloaded', 'The server is busy.')),
      broken: refuse(new Error('a fault of ours')),
      crashing: () => [started, textDelta('Once'), { type: 'fail', error: crash }],
      unfinished: () => [started, textDelta('Once')],
      closing: () => [
        started,
        textDelta('Once'),
        { type: 'fail', error: new BackendError('overloaded', 'The server is shutting down.') },
      ],
    },
    aliases: { alias: 'good' },
  });
  hurried = await startTestApp({ models: { endless }, requestMsMax });
});

afterAll(() => Promise.all([app.close(), hurried.close()]));

/** What one request left, which must be one record. */
async function usageOf(work: () => Promise<unknown>, of = app): Promise<UsageRecord> {
  const before = of.usages().length;
  await work();
  await eventually(() => of.usages().length > before);
  // A second one would come at once.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const [usage, ...more] = of.usages().slice(before);
  expect(more).toEqual([]);
  return usage as UsageRecord;
}

interface Route {
  readonly endpoint: UsageEndpoint;
  readonly path: string;
  readonly prompt: object;
  toFormat(schema: object): object;
}

const routes: readonly Route[] = [
  {
    endpoint: 'chat/completions',
    path: '/v1/chat/completions',
    prompt: { messages: [{ role: 'user', content: 'Hello' }] },
    toFormat: (schema) => ({
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } },
    }),
  },
  {
    endpoint: 'completions',
    path: '/v1/completions',
    prompt: { prompt: 'Hello' },
    toFormat: (schema) => ({
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } },
    }),
  },
  {
    endpoint: 'responses',
    path: '/v1/responses',
    prompt: { input: 'Hello' },
    toFormat: (schema) => ({ text: { format: { type: 'json_schema', name: 'a', schema, strict: true } } }),
  },
  {
    endpoint: 'messages',
    path: '/v1/messages',
    prompt: { max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] },
    toFormat: (schema) => ({ output_config: { format: { type: 'json_schema', schema } } }),
  },
];

function ask({ path, prompt }: Route, model: string, more: object = {}, of = app, signal?: AbortSignal) {
  const body = JSON.stringify({ model, ...prompt, ...more });
  return postChat(of, body, { path, ...(signal === undefined ? {} : { signal }) });
}

function counts(completionTokens: number, promptTokens = 12, cachedTokens = 3): TokenCounts {
  return { promptTokens, cachedTokens, completionTokens, reasoningTokens: 0 };
}

const none = counts(0, 0, 0);

const answered = { isReplay: false, queueWaitMs: 1.5, timeToFirstTokenMs: expect.any(Number), toolCalls: 0 };

/** A request that no model began to answer. */
const unanswered = {
  attempts: [],
  total: none,
  returned: none,
  queueWaitMs: undefined,
  timeToFirstTokenMs: undefined,
  timePerOutputTokenMs: undefined,
  finishReason: undefined,
  totalMs: expect.any(Number),
};

describe.each(routes)('$endpoint', (route) => {
  const { endpoint } = route;

  test.each([false, true])('a finished answer, stream: %s', async (stream) => {
    let requestId: string | null = null;
    const usage = await usageOf(async () => {
      const answer = await ask(route, 'alias', { stream });
      requestId = answer.headers.get('x-request-id');
      await answer.text();
    });
    expect(usage).toMatchObject({
      ...answered,
      caller: {
        id: expect.stringMatching(/^key_/),
        keyName: 'test',
        projectId: 'default',
        scopes: ['inference'],
        limits: { requestMsMax: 60_000 },
      },
      requestId,
      endpoint,
      model: 'alias',
      deployment: 'good',
      isStreamed: stream,
      outcome: 'completed',
      errorCode: undefined,
      finishReason: 'stop',
      attempts: [{ ...counts(3), answer: 0, finishReason: 'stop', isReturned: true }],
      total: counts(3),
      returned: counts(3),
      structuredAttempts: undefined,
      timePerOutputTokenMs: expect.any(Number),
    });
    expect(usage.totalMs).toBeGreaterThan(usage.timeToFirstTokenMs ?? Number.NaN);
  });

  test('an answer that was cut at its limit is complete, and says so', async () => {
    const usage = await usageOf(async () => (await ask(route, 'cut')).text());
    expect(usage).toMatchObject({ outcome: 'completed', finishReason: 'length', returned: counts(2) });
  });

  test.each([false, true])('a client that leaves while its answer is made, stream: %s', async (stream) => {
    const backend = app.backend('endless');
    const controller = new AbortController();
    const usage = await usageOf(async () => {
      const answer = ask(route, 'endless', { stream }, app, controller.signal).then((one) => one.text());
      answer.catch(() => undefined);
      await eventually(() => backend.running() > 0);
      await new Promise((resolve) => setTimeout(resolve, 50));
      controller.abort();
    });
    expect(usage).toMatchObject({
      ...answered,
      outcome: 'cancelled',
      errorCode: undefined,
      finishReason: undefined,
      attempts: [{ ...counts(2), finishReason: undefined, isReturned: true }],
      total: counts(2),
      returned: counts(2),
    });
  });

  test.each([false, true])('the time limit, stream: %s', async (stream) => {
    const usage = await usageOf(
      async () => (await ask(route, 'endless', { stream }, hurried)).text().catch(() => ''),
      hurried,
    );
    expect(usage).toMatchObject({ outcome: 'timed-out', errorCode: 'timeout', returned: counts(2) });
    expect(usage.totalMs).toBeGreaterThan(requestMsMax - 50);
  });

  test.each([
    ['crashed', 'failed', 'engine_crashed'],
    ['busy', 'refused', 'overloaded'],
    ['broken', 'failed', 'server_error'],
  ])('a backend that fails before the first token: %s', async (model, outcome, errorCode) => {
    const usage = await usageOf(async () => (await ask(route, model, { stream: true })).text());
    expect(usage).toMatchObject({ ...unanswered, outcome, errorCode, model, deployment: model });
  });

  test.each([
    ['crashing', 'engine_crashed', false],
    ['crashing', 'engine_crashed', true],
    ['closing', 'overloaded', true],
    ['unfinished', 'server_error', false],
    ['unfinished', 'server_error', true],
  ])('a backend that fails after the first token: %s', async (model, errorCode, stream) => {
    const usage = await usageOf(async () => (await ask(route, model, { stream })).text().catch(() => ''));
    expect(usage).toMatchObject({ outcome: 'failed', errorCode, total: counts(1), returned: counts(1) });
  });

  test('a form that is refused, and a model that is not there', async () => {
    const format = route.toFormat({ 'x-unsupported': 'properties.a' });
    expect(await usageOf(async () => (await ask(route, 'good', format)).text())).toMatchObject({
      ...unanswered,
      outcome: 'refused',
      errorCode: 'unsupported_schema',
      deployment: 'good',
    });
    expect(await usageOf(async () => (await ask(route, 'nobody')).text())).toMatchObject({
      ...unanswered,
      outcome: 'refused',
      errorCode: 'model_not_found',
      model: 'nobody',
      deployment: undefined,
    });
  });

  test.each([1, 2, 3, 4])('an answer with a form after %s attempts', async (attempts) => {
    const other = await startTestApp({ models: { m: fail(attempts - 1) } });
    const usage = await usageOf(async () => (await ask(route, 'm', route.toFormat({}), other)).text(), other);
    await other.close();
    const failed = (index: number) => ({ ...counts(3), answer: 0, isReturned: index === 2 && attempts > 3 });
    const passed = { ...counts(5), answer: 0, finishReason: 'stop', isReturned: true };
    const made = Math.min(attempts, 3);
    expect(usage.attempts).toMatchObject([
      ...Array.from({ length: attempts > 3 ? 3 : attempts - 1 }, (_, index) => failed(index)),
      ...(attempts > 3 ? [] : [passed]),
    ]);
    expect(usage).toMatchObject({
      structuredAttempts: made,
      returned: counts(attempts > 3 ? 3 : 5),
      total: counts(attempts > 3 ? 9 : 3 * (attempts - 1) + 5, 12 * made, 3 * made),
      outcome: attempts > 3 ? 'failed' : 'completed',
      errorCode: attempts > 3 ? 'invalid_structured_output' : undefined,
      finishReason: attempts > 3 ? undefined : 'stop',
    });
  });

  test('a request that is malformed reaches no use case', async () => {
    const before = app.usages().length;
    const answer = await ask(route, 'good', { temperature: 'hot' });
    expect(answer.status).toBe(400);
    expect(app.usages()).toHaveLength(before);
  });
});

describe.each(routes.slice(0, 2))('several answers of $endpoint', (route) => {
  test.each([false, true])('count their prompt once, stream: %s', async (stream) => {
    const usage = await usageOf(async () => (await ask(route, 'good', { n: 3, stream })).text());
    expect(usage).toMatchObject({
      ...answered,
      outcome: 'completed',
      attempts: [0, 1, 2].map((answer) => ({ ...counts(3), answer, isReturned: true })),
      total: counts(9),
      returned: counts(9),
    });
  });

  test('one that fails fails all', async () => {
    let asked = 0;
    const other = await startTestApp({
      models: {
        m: () => {
          asked += 1;
          return asked === 2
            ? [started, { type: 'fail', error: crash }]
            : sayTexts('Once', ' more')({} as never);
        },
      },
    });
    const usage = await usageOf(async () => (await ask(route, 'm', { n: 2 }, other)).text(), other);
    await other.close();
    expect(usage).toMatchObject({ outcome: 'failed', errorCode: 'engine_crashed', returned: counts(3) });
  });
});

test('several prompts count each, and equal what the answer says', async () => {
  const route = routes[1] as Route;
  let wire: Record<string, number> = {};
  const usage = await usageOf(async () => {
    const answer = await ask(route, 'good', { prompt: ['One', 'Two'], n: 2 });
    wire = (await readAny(answer)).usage;
  });
  expect(usage.attempts.map(({ answer }) => answer)).toEqual([0, 1, 2, 3]);
  expect(usage).toMatchObject({ total: counts(12, 24, 6), returned: counts(12, 24, 6) });
  expect(wire).toMatchObject({ prompt_tokens: 24, completion_tokens: 12 });
});

test.each<[UsageEndpoint, string]>([
  ['responses', '/v1/responses'],
  ['responses/input_tokens', '/v1/responses/input_tokens'],
])('%s that goes on from an answer that is not stored is refused', async (endpoint, path) => {
  const body = JSON.stringify({ model: 'good', input: 'Hello', previous_response_id: 'resp_none' });
  const usage = await usageOf(async () => (await postChat(app, body, { path })).text());
  const refusal = { outcome: 'refused', errorCode: 'response_not_found' };
  expect(usage).toMatchObject({ ...unanswered, ...refusal, endpoint, model: 'good', isReplay: false });
});

/** Requests that read a prompt and generate nothing. */
const countedRequests: readonly (readonly [UsageEndpoint, string, object])[] = [
  ['chat/completions/input_tokens', '/v1/chat/completions/input_tokens', routes[0]!.prompt],
  ['responses/input_tokens', '/v1/responses/input_tokens', routes[2]!.prompt],
  ['messages/count_tokens', '/v1/messages/count_tokens', routes[3]!.prompt],
  ['tokenize', '/tokenize', { prompt: 'Hello' }],
  ['detokenize', '/detokenize', { tokens: [72, 105] }],
];

test('each metered endpoint is in a test here', () => {
  // compact-response.test.ts has the other one.
  const tested = [...routes, { endpoint: 'embeddings' }, { endpoint: 'responses/compact' }].map(
    ({ endpoint }) => endpoint,
  );
  const counted = countedRequests.map(([endpoint]) => endpoint);
  expect([...tested, ...counted].sort()).toEqual([...usageEndpoints].sort());
});

describe('use cases that generate no text', () => {
  async function post(path: string, body: object): Promise<Response> {
    return postChat(app, JSON.stringify(body), { path });
  }

  test('embeddings count their prompt', async () => {
    const body = { model: 'good', input: ['One', 'Two'] };
    const usage = await usageOf(async () => (await post('/v1/embeddings', body)).text());
    expect(usage).toMatchObject({
      endpoint: 'embeddings',
      model: 'good',
      deployment: 'good',
      outcome: 'completed',
      attempts: [{ ...counts(0, 2, 0), isReturned: true }],
      total: counts(0, 2, 0),
      returned: counts(0, 2, 0),
    });
    const refused = await usageOf(async () =>
      (await post('/v1/embeddings', { ...body, input: [[0x11_00_00]] })).text(),
    );
    expect(refused).toMatchObject({ ...unanswered, outcome: 'refused', errorCode: 'unknown_prompt_token' });
  });

  test.each(countedRequests)('%s costs no tokens', async (endpoint, path, body) => {
    const usage = await usageOf(async () => (await post(path, { model: 'good', ...body })).text());
    expect(usage).toMatchObject({ ...unanswered, endpoint, model: 'good', outcome: 'completed' });
    const refused = await usageOf(async () => (await post(path, { model: 'nobody', ...body })).text());
    expect(refused).toMatchObject({
      ...unanswered,
      endpoint,
      outcome: 'refused',
      errorCode: 'model_not_found',
    });
  });

  test.each([routes[0]!, routes[2]!])(
    'an answer of $endpoint that is read again costs nothing',
    async (route) => {
      const { id } = await readAny(await ask(route, 'good', { store: true }));
      const get = (path: string) =>
        fetch(`${app.url}${path}`, { headers: { authorization: `Bearer ${app.key}` } }).then((one) =>
          one.text(),
        );
      const { endpoint } = route;
      expect(await usageOf(() => get(`${route.path}/${id}`))).toMatchObject({
        ...unanswered,
        endpoint,
        model: 'good',
        outcome: 'completed',
        isReplay: true,
      });
      expect(await usageOf(() => get(`${route.path}/nothing`))).toMatchObject({
        ...unanswered,
        endpoint,
        model: undefined,
        outcome: 'refused',
        errorCode: 'response_not_found',
      });
    },
  );
});
