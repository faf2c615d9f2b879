import { afterAll, beforeAll, expect, test } from 'vitest';
import { BackendError } from '../../src/backend/backend-error.ts';
import { callTools, refuse, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { eventually, postChat } from './requests.ts';

const spoken = 'zebra-said-by-user';
const answered = 'zebra-said-by-model';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      good: sayTexts(answered, ' more'),
      calling: callTools(['zebra_call', answered], ['zebra_call', '{}']),
      busy: refuse(new BackendError('overloaded', 'The server is busy.')),
      broken: refuse(new Error('a fault of ours')),
      crashing: () => [
        started,
        textDelta(answered),
        { type: 'fail', error: new BackendError('engine_crashed', 'The engine crashed.') },
      ],
    },
  });
});

afterAll(() => app.close());

async function logLineOf(body: object, headers: Record<string, string> = {}) {
  const before = app.logLines().length;
  const answer = await postChat(app, JSON.stringify(body), { headers, path: '/v1/chat/completions?q=zebra' });
  await answer.text().catch(() => undefined);
  await eventually(() =>
    app
      .logLines()
      .slice(before)
      .some(({ msg }) => msg === 'request'),
  );
  const lines = app
    .logLines()
    .slice(before)
    .filter(({ msg }) => msg === 'request');
  expect(lines).toHaveLength(1);
  return lines[0];
}

function say(model: string, more: object = {}) {
  return { model, messages: [{ role: 'user', content: spoken }], ...more };
}

const common = {
  level: 30,
  time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  msg: 'request',
  requestId: expect.stringMatching(/^req_/),
  method: 'POST',
  route: '/v1/chat/completions',
  keyId: expect.stringMatching(/^key_/),
  keyName: expect.any(String),
  clientAddress: '127.0.0.1',
  userAgent: 'node',
  elapsedMs: expect.any(Number),
};

test.each([false, true])('a completion has one line, stream: %s', async (stream) => {
  expect(await logLineOf(say('good', { stream }))).toEqual({
    ...common,
    status: 200,
    isComplete: true,
    model: 'good',
    deployment: 'good',
    promptTokens: 12,
    cachedTokens: 3,
    completionTokens: 3,
    finishReason: 'stop',
    queueWaitMs: 1.5,
    timeToFirstTokenMs: expect.any(Number),
  });
});

test("calls are counted, and their arguments are nobody else's", async () => {
  const tools = [{ type: 'function', function: { name: 'zebra_call' } }];
  expect(await logLineOf(say('calling', { tools }))).toMatchObject({
    finishReason: 'tool-calls',
    toolCalls: 2,
    timeToFirstTokenMs: expect.any(Number),
  });
});

test('what was refused has its status and what is known', async () => {
  expect(await logLineOf(say('busy'))).toEqual({
    ...common,
    status: 503,
    isComplete: true,
    model: 'busy',
    errorCode: 'overloaded',
  });
  expect(await logLineOf(say('nobody'))).toMatchObject({
    status: 404,
    model: 'nobody',
    errorCode: 'model_not_found',
  });
  expect(await logLineOf(say('good', { messages: [] }))).toMatchObject({ status: 400 });
  expect(await logLineOf(say('broken'))).toMatchObject({ status: 500 });
  const { keyId: _keyId, keyName: _keyName, ...anonymous } = common;
  expect(await logLineOf(say('good'), { authorization: 'Bearer zebra-key' })).toEqual({
    ...anonymous,
    status: 401,
    isComplete: true,
    errorCode: 'invalid_api_key',
  });
});

test('a stream that broke is told from one that is whole', async () => {
  expect(await logLineOf(say('crashing', { stream: true }))).toMatchObject({
    status: 200,
    isComplete: false,
    streamErrorCode: 'engine_crashed',
    completionTokens: 1,
  });
});

test('routes that nobody knows have a line without their URL', async () => {
  const before = app.logLines().length;
  await fetch(`${app.url}/zebra?key=zebra`);
  await eventually(() => app.logLines().length > before);
  expect(app.logLines().at(-1)).toMatchObject({ status: 404, route: 'unknown' });
});

test('no line ever had a word of a conversation, a key or a query', () => {
  expect(app.logLines().length).toBeGreaterThan(7);
  expect(app.logText()).not.toContain('zebra');
  expect(app.logText()).not.toContain(app.key);
  expect(app.logText()).not.toContain(app.key.slice(3, 20));
});
