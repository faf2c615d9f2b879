// Requests that wait for a place: in turn by caller, for a bounded time, in a bounded number.
import { expect, test } from 'vitest';
import { createComposite, createDeployment, readAnswer } from '../../test/create-deployment.ts';
import { createRequest, untouched } from '../../test/create-request.ts';
import { createFakeClock, letSettle } from '../../test/fake-clock.ts';
import { createScriptedBackend, finish, started, textDelta } from '../../test/scripted-backend.ts';
import { createScriptedRemoteBackend } from '../../test/scripted-remote-backend.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';
import type { CompositePolicy } from './composite-policy.ts';
import type { Deployment } from './deployment.ts';

/** A deployment whose answers end when the test says so. */
function prepare(changes: Partial<Deployment> = {}, policy: Partial<CompositePolicy> = {}) {
  const clock = createFakeClock();
  const ends: (() => void)[] = [];
  const backend = createScriptedBackend(() => {
    const ended = new Promise<void>((resolve) => {
      ends.push(resolve);
    });
    return [started, textDelta('a'), { type: 'wait-for', promise: ended }, finish(2)];
  });
  const composite = createComposite(
    [createDeployment('one', backend, { requestsMax: 2, ...changes })],
    clock,
    policy,
  );
  const ask = (id: string, more: Partial<GenerationRequest> = {}, signal = untouched()) =>
    readAnswer(composite.generate(createRequest('Hi', { id, callerId: id[0] ?? '', ...more }), signal));
  const endNext = async () => {
    ends.shift()?.();
    await letSettle();
  };
  return { clock, backend, composite, ask, endNext, listSent: () => backend.requests.map(({ id }) => id) };
}

test('a deployment has as many requests at once as it may, and its callers take turns', async () => {
  const { ask, endNext, listSent, composite } = prepare();
  const answers = ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'c1', 'b2'].map((id) => ask(id));
  await letSettle();
  expect(listSent()).toEqual(['a1', 'a2']);
  expect(composite.load()).toMatchObject({ running: 2, waiting: 6 });
  for (let index = 0; index < 8; index += 1) await endNext();
  // The caller with the fewest running requests comes next, then the one that has waited longest for a turn.
  expect(listSent()).toEqual(['a1', 'a2', 'b1', 'a3', 'c1', 'b2', 'a4', 'a5']);
  expect((await Promise.all(answers)).every(({ error }) => error === undefined)).toBe(true);
  expect(composite.load()).toMatchObject({ running: 0, waiting: 0 });
});

test('a request waits no longer than it may, and learns when to come back', async () => {
  const { ask, clock, listSent } = prepare({}, { queueWaitMsMax: 3_000 });
  const answers = ['a1', 'a2', 'a3'].map((id) => ask(id));
  await clock.advance(2_900);
  const late = ask('a4');
  await clock.advance(200);
  const { error } = (await Promise.race([answers[2], letSettle()])) ?? {};
  expect(error).toMatchObject({ code: 'overloaded', retryAfterMs: expect.any(Number) });
  expect(listSent()).toEqual(['a1', 'a2']);
  await clock.advance(3_000);
  expect((await late).error).toMatchObject({ code: 'overloaded' });
});

test('a full queue refuses the caller that fills it, and takes others', async () => {
  const { ask, endNext, listSent } = prepare({ requestsMax: 1 }, { queueLengthMax: 3 });
  const answers = ['a1', 'a2', 'a3', 'a4', 'a5', 'b1'].map((id) => ask(id));
  await letSettle();
  // a5 found the queue full, and a4 made room for b1.
  for (let index = 0; index < 4; index += 1) await endNext();
  expect(listSent()).toEqual(['a1', 'a2', 'b1', 'a3']);
  const refused = (await Promise.all(answers)).map(({ error }) => error !== undefined);
  expect(refused).toEqual([false, false, false, true, true, false]);
});

test('a further choice is refused by no limit', async () => {
  const { ask, endNext, clock } = prepare({ requestsMax: 1 }, { queueLengthMax: 0, queueWaitMsMax: 1_000 });
  const first = ask('a1');
  const further = ask('a1-1', { isFurtherChoice: true });
  const refused = ask('b1');
  expect((await refused).error).toMatchObject({ code: 'overloaded' });
  await clock.advance(5_000);
  await endNext();
  await endNext();
  expect([(await first).text, (await further).text]).toEqual(['a', 'a']);
});

test('a request that is cancelled while it waits leaves the queue, and takes no place', async () => {
  const { ask, endNext, listSent, composite } = prepare({ requestsMax: 1 });
  const controller = new AbortController();
  const first = ask('a1');
  const cancelled = ask('a2', {}, controller.signal);
  const last = ask('a3');
  await letSettle();
  controller.abort(new Error('left'));
  expect((await cancelled).error).toMatchObject({ message: 'left' });
  expect(composite.load().waiting).toBe(1);
  await endNext();
  await endNext();
  expect(listSent()).toEqual(['a1', 'a3']);
  await Promise.all([first, last]);
});

test('a cancel in the same moment as a free place takes no place', async () => {
  const { ask, endNext, composite } = prepare({ requestsMax: 1 });
  const controller = new AbortController();
  const first = ask('a1');
  const cancelled = ask('a2', {}, controller.signal);
  await letSettle();
  const ending = endNext();
  queueMicrotask(() => controller.abort(new Error('left')));
  await ending;
  expect((await cancelled).error).toMatchObject({ message: 'left' });
  await first;
  await letSettle();
  expect(composite.load()).toMatchObject({ running: 0, waiting: 0 });
  const next = ask('a3');
  await letSettle();
  await endNext();
  await endNext();
  expect((await next).text).toBe('a');
});

test('the time in the queue is told', async () => {
  const { ask, endNext, clock } = prepare({ requestsMax: 1 });
  const answers = [ask('a1'), ask('b1')];
  await clock.advance(700);
  await endNext();
  await endNext();
  const [first, second] = await Promise.all(answers);
  expect(first?.events[0]).toMatchObject({ queueWaitMs: 1.5 });
  expect(second?.events[0]).toMatchObject({ queueWaitMs: 701.5 });
});

test('a full deployment overflows to the next, and holds up no request that another can serve', async () => {
  const clock = createFakeClock();
  const silent = () => [started, textDelta('a'), { type: 'wait-for-abort' as const }];
  const [first, second] = [createScriptedBackend(silent), createScriptedRemoteBackend(silent)];
  const composite = createComposite(
    [
      createDeployment('one', first, { requestsMax: 1 }),
      createDeployment('two', second, { priority: 1, requestsMax: 2 }),
    ],
    clock,
  );
  const controller = new AbortController();
  const ask = (changes: Partial<GenerationRequest> = {}) =>
    readAnswer(composite.generate(createRequest('Hi', changes), controller.signal));
  // Only the first one continues a message.
  const answers = [ask(), ask(), ask({ continuesLastMessage: true })];
  await letSettle();
  expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  answers.push(ask());
  await letSettle();
  expect([first.requests.length, second.requests.length]).toEqual([1, 2]);
  controller.abort(new Error('left'));
  await Promise.all(answers);
});

test('a composite that closes refuses what waits, and lets running answers end', async () => {
  const { ask, endNext, composite, backend } = prepare({ requestsMax: 1 });
  const first = ask('a1');
  const waiting = ask('a2');
  await letSettle();
  const closing = composite.close(1_000);
  expect((await waiting).error).toMatchObject({ code: 'overloaded' });
  expect((await ask('a3')).error).toMatchObject({ code: 'overloaded' });
  await endNext();
  expect((await first).text).toBe('a');
  await closing;
  expect(backend.state()).toBe('closed');
});
