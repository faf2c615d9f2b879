// A broken stream never looks whole, in any API and whatever breaks it: its last event says why, there is no end of an
// answer, and the connection is cut, unless the event of the failure is itself an end that clients know.
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackendError } from '../../src/backend/backend-error.ts';
import { createUpstream, type Upstream } from '../../src/upstream/create-upstream.ts';
import { createOpenAiClient } from '../create-openai-client.ts';
import { type Script, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { faultyBehaviours } from '../upstream/behaviours.ts';
import { type FaultyUpstream, startFaultyUpstream } from '../upstream/faulty-upstream.ts';
import { toDeploymentOptions } from '../upstream/upstream-setup.ts';
import { eventually, postChat } from './requests.ts';

let server: FaultyUpstream;
let upstream: Upstream;
let app: TestApp;

/** A text that no budget of the test pays for. */
const ramble: Script = function* () {
  yield started;
  for (let token = 0; token < 1000; token += 1) {
    yield { type: 'wait', ms: 0 };
    yield textDelta(' word');
  }
};

const failing = (error: Error): Script => {
  return () => [started, textDelta('Once'), { type: 'fail', error }];
};

beforeAll(async () => {
  server = await startFaultyUpstream({ behaviours: faultyBehaviours });
  upstream = createUpstream({
    baseUrl: server.baseUrl,
    kind: 'openai-compatible',
    apiKey: 'sk-up',
    mode: 'single',
  });
  app = await startTestApp({
    models: {
      crashing: failing(new BackendError('engine_crashed', 'The engine crashed.')),
      draining: failing(new BackendError('overloaded', 'The server is shutting down.')),
      limited: failing(new BackendError('rate_limited', 'The upstream limits its requests.')),
      breaking: failing(new Error('secret cause')),
      unfinished: () => [started, textDelta('Once')],
      endless: () => [started, textDelta('Once'), { type: 'wait-for-abort' }],
      ramble,
    },
    backends: { cut: upstream.createBackend(toDeploymentOptions('cut', { timeouts: { totalMs: 60_000 } })) },
    requestMsMax: 5000,
    reservationSliceTokens: 64,
  });
});

afterAll(async () => {
  await app.close();
  await upstream.close();
  await server.close();
});

/** What a client got until the stream ended or was cut. */
interface SeenStream {
  readonly wasCut: boolean;
  readonly text: string;
  readonly lastEvent: unknown;
}

async function readStream(path: string, body: object, key: string): Promise<SeenStream> {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await postChat(app, JSON.stringify(body), { path, headers });
  expect(answer.status).toBe(200);
  let text = '';
  let wasCut = false;
  const decoder = new TextDecoder();
  try {
    for await (const bytes of answer.body ?? []) text += decoder.decode(bytes, { stream: true });
  } catch {
    wasCut = true;
  }
  const last = text.match(/^data: .*$/gm)?.at(-1) ?? 'data: null';
  return { wasCut, text, lastEvent: JSON.parse(last.slice('data: '.length)) };
}

/** The code of the failure, its type of the Messages API, and the code of a failed response, which has few. */
const failures = [
  ['crashing', 'engine_crashed', 'api_error', 'server_error'],
  ['draining', 'overloaded', 'overloaded_error', 'server_error'],
  ['limited', 'rate_limit_exceeded', 'rate_limit_error', 'rate_limit_exceeded'],
  ['breaking', null, 'api_error', 'server_error'],
  ['unfinished', null, 'api_error', 'server_error'],
  ['cut', 'upstream_error', 'api_error', 'server_error'],
  ['endless', 'timeout', 'timeout_error', 'server_error'],
  ['ramble', 'insufficient_quota', 'rate_limit_error', 'insufficient_quota'],
] as const;

/** Each has a budget of its own, which is then spent. */
async function toKey(model: string): Promise<string> {
  if (model !== 'ramble') return app.key;
  const actor = { kind: 'server', id: 'test', name: 'test' } as const;
  const budget = { period: 'day', tokens: 200 } as const;
  return (await app.keys.create({ name: `poor ${crypto.randomUUID()}`, budget }, actor)).key;
}

// One of them takes the time limit of a request.
describe.concurrent.each(failures)('%s', (model, code, type, responseCode) => {
  const messages = [{ role: 'user', content: 'Hello' }];
  const base = { model, stream: true };

  // With `max_tokens` the whole answer is paid for before it starts, so no budget ends in its middle.
  const isOpen = model === 'ramble';

  const chat = ['/v1/chat/completions', { ...base, messages }] as const;
  const completion = ['/v1/completions', { ...base, prompt: 'Hello', max_tokens: 100 }] as const;

  test.each<readonly [path: string, body: object]>(isOpen ? [chat] : [chat, completion])(
    '%s: the error is the last event, and the connection is cut',
    async (path, body) => {
      const { wasCut, text, lastEvent } = await readStream(path, body, await toKey(model));
      expect(lastEvent).toMatchObject({ error: { code } });
      expect(text.match(/"error":/g)).toHaveLength(1);
      expect(text).not.toContain('[DONE]');
      expect(text).not.toMatch(/"finish_reason":"/);
      expect(text).not.toContain('secret cause');
      expect(wasCut).toBe(true);
    },
  );

  test.each(isOpen ? [] : ['/v1/messages'])(
    '%s: the error is the last event, and the connection is cut',
    async (path) => {
      const body = { ...base, max_tokens: 100, messages };
      const { wasCut, text, lastEvent } = await readStream(path, body, await toKey(model));
      const details = code === null ? {} : { details: { error_code: code } };
      expect(lastEvent).toMatchObject({ type: 'error', error: { type, ...details } });
      expect(text.match(/^event: error$/gm)).toHaveLength(1);
      expect(text).not.toMatch(/message_stop|message_delta|secret cause/);
      expect(wasCut).toBe(true);
    },
  );

  test('/v1/responses: the stream ends with a failed response', async () => {
    const body = { ...base, input: 'Hello' };
    const { wasCut, text, lastEvent } = await readStream('/v1/responses', body, await toKey(model));
    expect(wasCut).toBe(false);
    const [, errorEvent = ''] = /^event: error\ndata: (.*)$/m.exec(text) ?? [];
    expect(JSON.parse(errorEvent)).toMatchObject({ type: 'error', code });
    expect(lastEvent).toMatchObject({
      type: 'response.failed',
      response: {
        status: 'failed',
        error: { code: responseCode, message: JSON.parse(errorEvent).message },
        completed_at: null,
      },
    });
    expect(text).not.toMatch(/response\.completed|response\.incomplete|\[DONE\]|secret cause/);
    const hasLine = () =>
      app.logLines().some(({ streamErrorCode }) => streamErrorCode === (code ?? 'server_error'));
    await eventually(hasLine);
  });
});

describe("OpenAI's client", () => {
  const client = () => createOpenAiClient(app);

  test('reads the failure of a response, also when it is slow', async () => {
    const stream = await client().responses.create({ model: 'crashing', input: 'Hello', stream: true });
    const types: string[] = [];
    let failure: unknown;
    for await (const event of stream) {
      types.push(event.type);
      if (event.type === 'response.failed') failure = event.response.error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(types.slice(-2)).toEqual(['error', 'response.failed']);
    expect(failure).toEqual({ code: 'server_error', message: 'The engine crashed.' });
  });

  test('has no final response for one that failed, and none is stored', async () => {
    const stream = client().responses.stream({ model: 'crashing', input: 'Hello' });
    let id = '';
    stream.on('response.created', ({ response }) => {
      id = response.id;
    });
    await expect(stream.finalResponse()).rejects.toMatchObject({
      code: 'engine_crashed',
      message: 'The engine crashed.',
    });
    await expect(client().responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });

  test('throws the error of a chat completion', async () => {
    const stream = await client().chat.completions.create({
      model: 'crashing',
      messages: [{ role: 'user', content: 'Hello' }],
      stream: true,
    });
    const read = async () => {
      for await (const chunk of stream) expect(chunk.choices[0]?.finish_reason).toBeNull();
    };
    await expect(read()).rejects.toMatchObject({ code: 'engine_crashed' });
  });
});

test("Anthropic's client throws the error of a message", async () => {
  const client = new Anthropic({ apiKey: app.key, baseURL: app.url, maxRetries: 0 });
  const stream = client.messages.stream({
    model: 'crashing',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hello' }],
  });
  await expect(stream.finalMessage()).rejects.toMatchObject({
    type: 'api_error',
    message: expect.stringContaining('The engine crashed.'),
  });
});

test('a response that broke is generated again for the same Idempotency-Key', async () => {
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const body = JSON.stringify({ model: 'crashing', input: 'Hello', stream: true });
  const before = app.backend('crashing').requests.length;
  for (let turn = 0; turn < 2; turn += 1) {
    const answer = await postChat(app, body, { path: '/v1/responses', headers });
    expect(await answer.text()).toContain('event: response.failed');
  }
  expect(app.backend('crashing').requests.length - before).toBe(2);
});
