// What a place gets that fails, how soon it is used again, and how long requests wait meanwhile.
import { expect, test } from 'vitest';
import {
  createComposite,
  createDeployment,
  type ReadAnswer,
  readAnswer,
} from '../../test/create-deployment.ts';
import { createRequest, untouched } from '../../test/create-request.ts';
import { createFakeClock } from '../../test/fake-clock.ts';
import { createScriptedBackend, refuse, sayTexts, started, textDelta } from '../../test/scripted-backend.ts';
import { BackendError } from '../backend/backend-error.ts';

/** A deployment that can be broken and mended. `isNoticed`: its health check says so. */
function prepare(error: BackendError, isNoticed: boolean, isAlone = true) {
  const clock = createFakeClock();
  let isBroken = false;
  const backend = createScriptedBackend((request) =>
    isBroken ? refuse(error)(request) : sayTexts('a')(request),
  );
  const spare = createScriptedBackend(sayTexts('b'));
  const deployments = [createDeployment('one', backend), createDeployment('two', spare, { priority: 1 })];
  const composite = createComposite(deployments.slice(0, isAlone ? 1 : 2), clock);
  const setBroken = (next: boolean) => {
    isBroken = next;
    if (isNoticed) backend.setState(next ? 'failed' : 'ready');
  };
  /** Ten requests a second. */
  const load = async (seconds: number) => {
    const answers: Promise<ReadAnswer>[] = [];
    for (let index = 0; index < seconds * 10; index += 1) {
      answers.push(readAnswer(composite.generate(createRequest(`${index}`), untouched())));
      await clock.advance(100);
    }
    return { answers };
  };
  return { clock, backend, spare, composite, setBroken, load };
}

const failures: readonly (readonly [string, BackendError])[] = [
  ['errors', new BackendError('upstream_error', 'It failed.')],
  ['malformed answers', new BackendError('upstream_error', 'No JSON.', { mayBeProvoked: true })],
  ['time-outs', new BackendError('timeout', 'It took too long.', { isRetryable: true })],
  ['crashes', new BackendError('engine_crashed', 'It crashed.')],
  ['refusals with a short Retry-After', new BackendError('overloaded', 'Busy.', { retryAfterMs: 100 })],
  ['refusals without a Retry-After', new BackendError('overloaded', 'Busy.')],
];

test.each(failures)('60 s of %s: at most 4 requests reach the only deployment', async (_, error) => {
  for (const isNoticed of [false, true]) {
    const { backend, setBroken, load, clock } = prepare(error, isNoticed);
    await load(5);
    const before = backend.requests.length;
    expect(before).toBe(50);
    setBroken(true);
    const { answers } = await load(60);
    expect(backend.requests.length - before).toBeLessThanOrEqual(4);
    expect(backend.requests.length - before).toBeGreaterThan(1);
    // Every request ends, within the time that it may wait.
    await clock.advance(10_000);
    const ended = await Promise.all(answers);
    expect(ended.every((answer) => answer.error instanceof BackendError)).toBe(true);
    const last = ended.at(-1)?.error;
    expect(last).toMatchObject({ code: 'overloaded' });
    expect(last instanceof BackendError && last.retryAfterMs).toBeGreaterThan(0);
  }
});

test('a deployment whose health check notices its return is back at once', async () => {
  const { setBroken, load } = prepare(new BackendError('upstream_error', 'It failed.'), true);
  await load(2);
  setBroken(true);
  await load(60);
  setBroken(false);
  const answers = await Promise.all((await load(5)).answers);
  expect(answers.every(({ text }) => text === 'a')).toBe(true);
});

test('a health check that is wrong does not let requests through again and again', async () => {
  const { backend, setBroken, load } = prepare(new BackendError('upstream_error', 'It failed.'), false);
  await load(1);
  const before = backend.requests.length;
  setBroken(true);
  for (let second = 0; second < 30; second += 1) {
    backend.setState(second % 2 === 0 ? 'failed' : 'ready');
    await load(1);
  }
  expect(backend.requests.length - before).toBeLessThanOrEqual(5);
});

test('requests wait for the only deployment, and are served when it is back', async () => {
  const { setBroken, load, clock } = prepare(new BackendError('upstream_error', 'It failed.'), true);
  setBroken(true);
  const { answers } = await load(1);
  await clock.advance(2_000);
  setBroken(false);
  await clock.advance(1_000);
  expect((await Promise.all(answers)).map(({ text }) => text)).toEqual(answers.map(() => 'a'));
});

test('another deployment serves everything meanwhile, also what the broken one was sent', async () => {
  const { backend, spare, setBroken, load } = prepare(
    new BackendError('upstream_error', 'It failed.'),
    false,
    false,
  );
  await load(1);
  setBroken(true);
  const answers = await Promise.all((await load(60)).answers);
  expect(answers.every(({ text, error }) => text === 'b' && error === undefined)).toBe(true);
  expect(backend.requests.length).toBeLessThanOrEqual(14);
  expect(spare.requests).toHaveLength(600);
});

test('one that is known to have failed is not asked while another can serve', async () => {
  const { backend, spare, load } = prepare(new BackendError('upstream_error', ''), true, false);
  backend.setState('failed');
  await load(1);
  expect([backend.requests.length, spare.requests.length]).toEqual([0, 10]);
  backend.setState('ready');
  await load(1);
  expect([backend.requests.length, spare.requests.length]).toEqual([10, 10]);
});

test('refusals for load do not open the breaker of a place that serves other requests', async () => {
  const clock = createFakeClock();
  let isFull = false;
  const busy = new BackendError('overloaded', 'Busy.', { retryAfterMs: 100 });
  const backend = createScriptedBackend((request) =>
    isFull ? refuse(busy)(request) : [started, textDelta('a'), { type: 'wait-for-abort' }],
  );
  const composite = createComposite([createDeployment('one', backend)], clock);
  const running = new AbortController();
  const first = readAnswer(composite.generate(createRequest('long'), running.signal));
  await clock.advance(10);
  isFull = true;
  const refused = [1, 2, 3].map((n) => readAnswer(composite.generate(createRequest(`${n}`), untouched())));
  await clock.advance(5_000);
  expect((await Promise.all(refused)).every(({ error }) => error === busy)).toBe(true);
  expect(composite.state()).toBe('ready');
  running.abort(new Error('left'));
  await first;
});

test('a deployment that refuses our access is not waited for, and is back when the access is', async () => {
  const refusal = new BackendError('upstream_error', 'It refused our key.', { isAccessRefused: true });
  for (const isNoticed of [false, true]) {
    const { backend, setBroken, load, clock } = prepare(refusal, isNoticed);
    setBroken(true);
    const { answers } = await load(60);
    // The clock stands still: a request that waits would wait for ever.
    const ended = await Promise.all(answers);
    expect(ended.every(({ error }) => error === refusal)).toBe(true);
    expect(backend.requests.length).toBeGreaterThan(1);
    expect(backend.requests.length).toBeLessThanOrEqual(5);
    setBroken(false);
    await clock.advance(64_000);
    expect((await Promise.all((await load(1)).answers)).every(({ text }) => text === 'a')).toBe(true);
  }
});

test('requests that wait for a seat are not left behind a key that is refused meanwhile', async () => {
  const refusal = new BackendError('upstream_error', 'It refused our key.', { isAccessRefused: true });
  const clock = createFakeClock();
  const backend = createScriptedBackend(refuse(refusal));
  const composite = createComposite([createDeployment('one', backend, { requestsMax: 1 })], clock);
  const answers = [1, 2, 3, 4].map((n) => readAnswer(composite.generate(createRequest(`${n}`), untouched())));
  await clock.advance(10);
  expect((await Promise.all(answers)).map(({ error }) => error)).toEqual(answers.map(() => refusal));
  expect(backend.requests.length).toBeLessThan(4);
});

test('another deployment serves what one refuses for our access', async () => {
  const refusal = new BackendError('upstream_error', 'It refused our key.', { isAccessRefused: true });
  const { setBroken, load } = prepare(refusal, false, false);
  setBroken(true);
  expect((await Promise.all((await load(5)).answers)).every(({ text }) => text === 'b')).toBe(true);
});
