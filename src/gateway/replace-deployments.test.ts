// Deployments and replicas that change while requests run.
import { expect, test } from 'vitest';
import { createComposite, createDeployment, readAnswer } from '../../test/create-deployment.ts';
import { createRequest, untouched } from '../../test/create-request.ts';
import { createFakeClock, letSettle } from '../../test/fake-clock.ts';
import {
  createScriptedBackend,
  finish,
  refuse,
  sayTexts,
  started,
  textDelta,
} from '../../test/scripted-backend.ts';
import { BackendError } from '../backend/backend-error.ts';
import type { Replica } from './deployment.ts';

function createStream() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const backend = createScriptedBackend(() => [
    started,
    textDelta('a'),
    { type: 'wait-for', promise: ended },
    textDelta('b'),
    finish(3),
  ]);
  return { backend, end: () => end() };
}

test('a new list takes new requests; what runs ends first, and then its backend is closed', async () => {
  const { backend: old, end } = createStream();
  const next = createScriptedBackend(sayTexts('c'));
  const composite = createComposite([createDeployment('one', old)], createFakeClock());
  const running = readAnswer(composite.generate(createRequest('Hi'), untouched()));
  await letSettle();
  composite.replaceDeployments([createDeployment('two', next)]);
  expect((await readAnswer(composite.generate(createRequest('Hi'), untouched()))).text).toBe('c');
  expect(old.state()).toBe('ready');
  end();
  expect(await running).toMatchObject({ text: 'ab', error: undefined });
  await letSettle();
  expect(old.state()).toBe('closed');
  expect(next.state()).toBe('ready');
});

test('a backend that stays keeps what is known of it, and one that is idle is closed at once', async () => {
  const clock = createFakeClock();
  const broken = createScriptedBackend(refuse(new BackendError('upstream_error', 'It failed.')));
  const idle = createScriptedBackend(sayTexts('x'));
  const spare = createScriptedBackend(sayTexts('b'));
  const last = createDeployment('last', spare, { priority: 2 });
  const composite = createComposite(
    [createDeployment('one', broken), createDeployment('idle', idle, { priority: 3 }), last],
    clock,
  );
  for (let index = 0; index < 3; index += 1)
    await readAnswer(composite.generate(createRequest('Hi'), untouched()));
  expect(broken.requests).toHaveLength(2);
  composite.replaceDeployments([createDeployment('one', broken, { weight: 5 }), last]);
  await readAnswer(composite.generate(createRequest('Hi'), untouched()));
  expect(broken.requests).toHaveLength(2);
  await letSettle();
  expect([idle.state(), broken.state(), spare.state()]).toEqual(['closed', 'ready', 'ready']);
});

test('requests that wait go to a deployment that is added', async () => {
  const clock = createFakeClock();
  const { backend, end } = createStream();
  const full = createDeployment('one', backend, { requestsMax: 1 });
  const composite = createComposite([full], clock);
  const first = readAnswer(composite.generate(createRequest('Hi'), untouched()));
  const waiting = readAnswer(composite.generate(createRequest('Hi'), untouched()));
  await letSettle();
  composite.replaceDeployments([full, createDeployment('two', createScriptedBackend(sayTexts('c')))]);
  expect((await waiting).text).toBe('c');
  end();
  await first;
});

test('a list of replicas that changes by itself is followed, also when it is empty at first', async () => {
  const clock = createFakeClock();
  const stream = createStream();
  const next = createScriptedBackend(sayTexts('c'));
  let replicas: readonly Replica[] = [];
  const deployment = createDeployment('one', {}, { mode: 'replicas', capabilities: next.capabilities });
  const composite = createComposite([{ ...deployment, replicas: () => replicas }], clock);
  expect(composite.capabilities).toMatchObject({ grammar: true });
  expect(composite.state()).toBe('failed');
  const first = readAnswer(composite.generate(createRequest('Hi'), untouched()));
  await clock.advance(100);
  replicas = [{ name: 'r1', backend: stream.backend }];
  await clock.advance(300);
  expect(stream.backend.requests).toHaveLength(1);
  replicas = [{ name: 'r2', backend: next }];
  expect((await readAnswer(composite.generate(createRequest('Hi'), untouched()))).text).toBe('c');
  expect(stream.backend.state()).toBe('ready');
  stream.end();
  expect((await first).text).toBe('ab');
  await letSettle();
  expect(stream.backend.state()).toBe('closed');
  replicas = [];
  expect(composite.capabilities).toMatchObject({ grammar: true });
  expect(composite.embed).toBeDefined();
});
