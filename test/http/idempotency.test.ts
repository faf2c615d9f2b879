// The same request under the same Idempotency-Key is answered once, and its answer is sent again.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackendError } from '../../src/backend/backend-error.ts';
import { finish, type Script, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import {
  type Asked,
  ask as askApp,
  chat,
  count,
  embeddings,
  newKey,
  type Route,
  read,
  texts,
} from './ask-once.ts';
import { eventually, openRawConnection, postChat, rawHead, readAny } from './requests.ts';

/** Fails once, after the others came; then it answers. */
function failOnce(): Script {
  let asked = 0;
  return () => {
    asked += 1;
    const error = new BackendError('engine_crashed', 'The engine crashed.');
    return asked === 1
      ? [started, { type: 'wait', ms: 200 }, { type: 'fail', error }]
      : sayTexts('Well')({} as never);
  };
}

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      m: count(),
      slow: () => [started, textDelta('One'), { type: 'wait', ms: 300 }, textDelta(' two'), finish(2)],
      'fails-once': failOnce(),
      busy: () => [{ type: 'fail', error: new BackendError('overloaded', 'Busy.') }],
      endless: () => [started, textDelta('Once'), { type: 'wait-for-abort' }],
    },
  });
});

afterAll(() => app.close());

const ask = (route: Route, asked: Omit<Asked, 'of'> & { readonly of?: TestApp }) =>
  askApp(route, { of: app, ...asked });
const generations = (of = app, model = 'm') => of.backend(model).requests.length;

describe.each([
  ...texts.flatMap((route) => [false, true].map((stream) => ({ ...route, more: { stream } }))),
  { ...embeddings, more: {} },
])('$endpoint $more', ({ more, ...route }) => {
  test('is answered once, and its answer is sent again', async () => {
    const key = newKey();
    const isStreamed = 'stream' in more && more.stream;
    const before = generations();
    const first = await read(await ask(route, { key, more: { ...more, unheard_of: 1 } }));
    expect(first).toMatchObject({ status: 200, replayed: null, kept: isStreamed ? null : 'true' });
    expect(first.ignored).toBe('unheard_of');
    const usages = app.usages().length;
    for (let round = 0; round < 2; round += 1) {
      const again = await read(await ask(route, { key, more: { ...more, unheard_of: 1 } }));
      expect(again).toEqual({
        ...first,
        kept: null,
        replayed: 'true',
        requestId: expect.not.stringContaining(first.requestId ?? ''),
      });
    }
    expect(generations() - before).toBe(route.endpoint === 'embeddings' ? 0 : 1);
    await expect.poll(() => app.usages().slice(usages)).toHaveLength(2);
    const none = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 };
    expect(app.usages().at(-1)).toMatchObject({
      endpoint: route.endpoint,
      model: 'm',
      isStreamed,
      isReplay: true,
      outcome: 'completed',
      attempts: [],
      total: none,
      returned: none,
    });
    if (isStreamed && route.endpoint !== 'responses') expect(first.text).toMatch(/data: \[DONE\]\n\n$/);
  });

  test('is refused with another body', async () => {
    const key = newKey();
    await (await ask(route, { key, more })).text();
    const other = await ask(route, { key, more: { ...more, user: 'someone' } });
    expect(other.status).toBe(409);
    expect(other.headers.get('x-should-retry')).toBe('false');
    expect((await readAny(other)).error).toMatchObject({
      type: 'invalid_request_error',
      code: 'idempotency_key_reused',
      param: null,
      message: 'This Idempotency-Key belongs to another request. Send each new request with a new key.',
    });
  });
});

describe('what the same request is', () => {
  async function isReplayed(first: string, second: string, headers: Record<string, string> = {}) {
    const sent = { 'idempotency-key': newKey() };
    const { path } = chat;
    await (await postChat(app, first, { path, headers: sent })).text();
    const answer = await postChat(app, second, { path, headers: { ...sent, ...headers } });
    await answer.text();
    return answer.status === 409 ? 'refused' : answer.headers.get('idempotent-replayed');
  }
  const body = '{"model":"m","messages":[{"role":"user","content":"Hi"}],"seed":1}';

  test('a body that is nested deep is one', async () => {
    const deep = body.replace('}]', `}],"unknown":${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(await isReplayed(deep, deep)).toBe('true');
  });

  test.each([
    [
      'the order of names, which counts in a schema',
      '{"messages":[{"role":"user","content":"Hi"}],"model":"m","seed":1}',
    ],
    ['a space', body.replace(',', ', ')],
    ['a number', body.replace('1}', '2}')],
    ['a text', body.replace('Hi', 'hi')],
    ['a stream in place of a whole answer', body.replace('"seed"', '"stream":true,"seed"')],
  ])('%s does', async (_what, other) => {
    expect(await isReplayed(body, other)).toBe('refused');
  });

  test('x-compat does, the id of the request does not', async () => {
    expect(await isReplayed(body, body, { 'x-compat': 'strict' })).toBe('refused');
    expect(await isReplayed(body, body, { 'x-request-id': 'mine' })).toBe('true');
  });

  test('the endpoint does, its base URL does not', async () => {
    const key = newKey();
    await (await ask(chat, { key })).text();
    expect((await ask(texts[1]!, { key })).status).toBe(409);
    const path = '/v1/inference/chat/completions';
    const again = await ask({ ...chat, path }, { key });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  test('each API key has keys of its own', async () => {
    const key = newKey();
    const first = await read(await ask(chat, { key }));
    const other = await app.keys.create({ name: 'other' });
    const answer = await read(await ask(chat, { key, headers: { authorization: `Bearer ${other.key}` } }));
    expect(answer).toMatchObject({ status: 200, replayed: null });
    expect(answer.text).not.toBe(first.text);
  });
});

describe('keys', () => {
  test.each([
    'a',
    '!"#$%&\'()*+,-./:;<=>?@[]^_`{|}~',
    '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
    'x'.repeat(255),
    '__proto__',
  ])('%.40s is one', async (key) => {
    const first = await read(await ask(chat, { key }));
    expect(await read(await ask(chat, { key }))).toMatchObject({ text: first.text, replayed: 'true' });
  });

  test.each(['', 'x'.repeat(256), 'a b', 'a\tb', 'clé'])('%.20s is none', async (key) => {
    const before = generations();
    const { socket, closed } = openRawConnection(app.port);
    const body = JSON.stringify({ model: 'm', ...chat.prompt });
    const head = [`Content-Length: ${body.length}`, 'Connection: close', `Idempotency-Key: ${key}`];
    socket.write(Buffer.from(rawHead(app, head) + body, 'latin1'));
    const answer = await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain(
      'The header Idempotency-Key must be one text of 1 to 255 visible ASCII characters',
    );
    expect(generations()).toBe(before);
  });

  test('several headers are none', async () => {
    const { socket, closed } = openRawConnection(app.port);
    const body = JSON.stringify({ model: 'm', ...chat.prompt });
    const head = [
      `Content-Length: ${body.length}`,
      'Connection: close',
      'Idempotency-Key: a',
      'Idempotency-Key: b',
    ];
    socket.write(rawHead(app, head) + body);
    expect(await closed).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a request that comes while the first is answered', () => {
  test.each([false, true])('waits, and gets the same answer, stream: %s', async (stream) => {
    const key = newKey();
    const before = generations(app, 'slow');
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => read(await ask(chat, { key, model: 'slow', more: { stream } }))),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map(({ replayed }) => replayed).toSorted()).toEqual(
      [null, 'true', 'true', 'true', 'true'].toSorted(),
    );
    expect(generations(app, 'slow') - before).toBe(1);
  });

  test('runs itself where the first fails', async () => {
    const key = newKey();
    const first = ask(chat, { key, model: 'fails-once' });
    await eventually(() => generations(app, 'fails-once') === 1);
    const second = await read(await ask(chat, { key, model: 'fails-once' }));
    expect((await first).status).toBe(503);
    expect(second).toMatchObject({ status: 200, replayed: null, kept: 'true' });
    expect(generations(app, 'fails-once')).toBe(2);
  });

  test('with another body is refused at once', async () => {
    const key = newKey();
    const first = ask(chat, { key, model: 'slow' });
    await eventually(() => app.backend('slow').running() > 0);
    expect((await ask(chat, { key, model: 'slow', more: { seed: 1 } })).status).toBe(409);
    expect((await first).status).toBe(200);
  });

  test('waits no longer than its limit', async () => {
    const other = await startTestApp({
      models: { endless: () => [{ type: 'wait-for-abort' }] },
      idempotencyLimits: { idempotencyWaitMsMax: 150 },
    });
    const controller = new AbortController();
    const left = ask(chat, { key: 'k', model: 'endless', of: other, signal: controller.signal }).catch(
      () => 'left',
    );
    await eventually(() => other.backend('endless').running() > 0);
    const answer = await ask(chat, { key: 'k', model: 'endless', of: other });
    expect(answer.status).toBe(409);
    expect(answer.headers.get('x-should-retry')).toBeNull();
    expect((await readAny(answer)).error).toMatchObject({ code: 'idempotency_key_in_use' });
    controller.abort();
    await left;
    await other.close();
  });

  test('may leave', async () => {
    const key = newKey();
    const first = ask(chat, { key, model: 'slow' });
    await eventually(() => app.backend('slow').running() > 0);
    const controller = new AbortController();
    const left = ask(chat, { key, model: 'slow', signal: controller.signal }).catch(() => 'left');
    await sleep(50);
    controller.abort();
    expect(await left).toBe('left');
    const { text } = await read(await first);
    expect(await read(await ask(chat, { key, model: 'slow' }))).toMatchObject({ text, replayed: 'true' });
    expect(app.logText()).not.toContain('failed unexpectedly');
  });
});
