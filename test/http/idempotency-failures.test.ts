// What is not kept of the answers to requests with an Idempotency-Key, and what happens where the store fails.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackendError } from '../../src/backend/backend-error.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { sayTexts, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { type Asked, ask as askApp, chat, count, newKey, type Route, read } from './ask-once.ts';
import { eventually } from './requests.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      m: count(),
      busy: () => [{ type: 'fail', error: new BackendError('overloaded', 'Busy.') }],
      endless: () => [started, textDelta('Once'), { type: 'wait-for-abort' }],
    },
  });
});

afterAll(() => app.close());

const ask = (route: Route, asked: Omit<Asked, 'of'> & { readonly of?: TestApp }) =>
  askApp(route, { of: app, ...asked });
const generations = (of = app, model = 'm') => of.backend(model).requests.length;

describe('what is not kept', () => {
  test.each([false, true])('the answer to a client that left, stream: %s', async (stream) => {
    const key = newKey();
    const controller = new AbortController();
    const asked = { key, model: 'endless', more: { stream } };
    const left = ask(chat, { ...asked, signal: controller.signal })
      .then((answer) => answer.text())
      .catch(() => 'left');
    await eventually(() => app.backend('endless').running() > 0);
    const before = generations(app, 'endless');
    controller.abort();
    await left;
    // Its generation has ended.
    await eventually(() => app.backend('endless').running() === 0);
    const next = new AbortController();
    const again = ask(chat, { ...asked, signal: next.signal })
      .then((answer) => answer.text())
      .catch(() => 'left');
    await eventually(() => generations(app, 'endless') === before + 1);
    next.abort();
    await again;
  });

  test.each([
    ['a refusal', { model: 'nothing' }, 404],
    ['a failure', { model: 'busy' }, 503],
    ['a malformed body', { more: { temperature: 'hot' } }, 400],
  ])('%s', async (_what, asked, status) => {
    const key = newKey();
    const first = await read(await ask(chat, { key, ...asked }));
    expect(first).toMatchObject({ status, replayed: null });
    expect(await read(await ask(chat, { key, ...asked }))).toMatchObject({ status, replayed: null });
    // The key is free for the request that is right.
    await eventuallyAnswered(key);
  });

  async function eventuallyAnswered(key: string): Promise<void> {
    await expect.poll(async () => (await ask(chat, { key })).status).toBe(200);
  }

  test('a stream that breaks', async () => {
    const other = await startTestApp({
      models: {
        breaking: () => [
          started,
          textDelta('One'),
          { type: 'fail', error: new BackendError('engine_crashed', 'It crashed.') },
        ],
      },
    });
    for (let round = 1; round <= 2; round += 1) {
      const answer = await ask(chat, { key: 'k', model: 'breaking', more: { stream: true }, of: other });
      expect(answer.headers.get('idempotent-replayed')).toBeNull();
      await answer.text().catch(() => '');
      await eventually(() => generations(other, 'breaking') === round);
    }
    await other.close();
  });

  test('what is too large, and the oldest where there are too many', async () => {
    const other = await startTestApp({
      models: { m: count(), long: sayTexts('x'.repeat(3000)) },
      idempotencyLimits: { idempotentAnswersMax: 3, idempotentAnswerBytesMax: 2000 },
    });
    for (const stream of [false, true]) {
      const asked = { key: `long-${stream}`, model: 'long', more: { stream }, of: other };
      expect(await read(await ask(chat, asked))).toMatchObject({
        status: 200,
        kept: stream ? null : 'false',
      });
      expect(await read(await ask(chat, asked))).toMatchObject({ status: 200, replayed: null });
    }
    expect(other.logText()).toContain('bytes is not kept');
    for (let index = 1; index <= 5; index += 1) {
      await (await ask(chat, { key: `k${index}`, of: other })).text();
      await sleep(2);
    }
    const isReplayed = async (key: string) => (await read(await ask(chat, { key, of: other }))).replayed;
    expect(await isReplayed('k5')).toBe('true');
    expect(await isReplayed('k3')).toBe('true');
    expect(await isReplayed('k2')).toBeNull();
    await other.close();
  });

  test('what is too old, and anything where the operator says so', async () => {
    const brief = await startTestApp({
      models: { m: count() },
      idempotencyLimits: { idempotencyKeepMsMax: 100 },
    });
    await (await ask(chat, { key: 'k', of: brief })).text();
    await sleep(150);
    expect(await read(await ask(chat, { key: 'k', of: brief }))).toMatchObject({
      replayed: null,
      kept: 'true',
    });
    await brief.close();
    const off = await startTestApp({
      models: { m: count() },
      idempotencyLimits: { idempotentAnswersMax: 0 },
    });
    for (const stream of [false, true, true]) {
      const answer = await read(await ask(chat, { key: 'k', of: off, more: { stream } }));
      expect(answer).toMatchObject({ status: 200, replayed: null, kept: 'false' });
    }
    await off.close();
  });
});

describe('a store that fails', () => {
  const full = () => Promise.reject(new StoreError('full', 'The disk is full.'));
  const never = () => new Promise<never>(() => undefined);

  test.each([
    ['fails', full],
    ['hangs', never],
  ])('at the begin: it %s', async (_how, claim) => {
    const other = await startTestApp({
      models: { m: count() },
      wrapIdempotencyStore: (store) => ({ ...store, claim }),
    });
    for (const stream of [false, true]) {
      const startedAtMs = performance.now();
      const answer = await read(await ask(chat, { key: 'k', of: other, more: { stream } }));
      expect(answer).toMatchObject({ status: 200, kept: 'false', replayed: null });
      expect(performance.now() - startedAtMs).toBeLessThan(5000);
    }
    expect(other.logText()).toContain('idempotency');
    await other.close();
  });

  test.each([
    ['fails', full],
    ['hangs', never],
  ])('at the end: it %s', async (_how, complete) => {
    const other = await startTestApp({
      models: { m: count() },
      wrapIdempotencyStore: (store) => ({ ...store, complete }),
    });
    expect(await read(await ask(chat, { key: 'a', of: other }))).toMatchObject({
      status: 200,
      kept: 'false',
    });
    const streamed = await read(await ask(chat, { key: 'b', of: other, more: { stream: true } }));
    expect(streamed.text).toMatch(/data: \[DONE\]\n\n$/);
    await other.close();
  });

  test('a claim that comes late is given back', async () => {
    let isSlow = true;
    const other = await startTestApp({
      models: { m: count() },
      wrapIdempotencyStore: (store) => ({
        ...store,
        claim: async (claim, ages) => {
          const outcome = await store.claim(claim, ages);
          if (isSlow) await sleep(1500);
          return outcome;
        },
      }),
    });
    expect(await read(await ask(chat, { key: 'k', of: other }))).toMatchObject({ kept: 'false' });
    isSlow = false;
    const isKept = async () => (await read(await ask(chat, { key: 'k', of: other }))).kept;
    await expect.poll(isKept, { timeout: 10_000 }).toBe('true');
    await other.close();
  });
});
