import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, type ScriptStep, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { assertAlive, chatBody, eventually, openRawConnection, postChat, rawHead } from './requests.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      good: sayTexts('Hi'),
      queued: () => [{ type: 'wait-for-abort' }],
      prefilling: () => [started, { type: 'wait-for-abort' }],
      decoding: () => decodeForever(),
    },
  });
});

afterAll(() => app.close());

function* decodeForever(): Iterable<ScriptStep> {
  yield started;
  for (;;) {
    yield textDelta('word ');
    yield { type: 'wait', ms: 5 };
  }
}

test.each([
  ['queued', false],
  ['queued', true],
  ['prefilling', false],
  ['prefilling', true],
  ['decoding', false],
  ['decoding', true],
])('a client that leaves while %s (stream: %s) frees what it held', async (model, stream) => {
  const backend = app.backend(model);
  const before = backend.endings.length;
  const linesBefore = app.logLines().length;
  const controller = new AbortController();
  const posted = postChat(app, chatBody(model, { stream }), { signal: controller.signal });
  const settled = posted.then((answer) => answer.text()).catch((error: unknown) => error);
  await eventually(() => backend.running() > 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const leftAtMs = performance.now();
  controller.abort();
  await settled;
  await eventually(() => backend.running() === 0);
  const ending = backend.endings[before];
  expect(ending?.how).toBe('aborted');
  expect(String(ending?.reason)).toContain('ClientLeftError');
  // The issue asks for 300 ms in all; here is no engine, so that even a machine twenty times slower meets it.
  expect((ending?.atMs ?? 0) - leftAtMs).toBeLessThan(2000);
  await eventually(() => app.logLines().length > linesBefore);
  expect(app.logLines()[linesBefore]).toMatchObject({ msg: 'request', model, isComplete: false });
  expect(app.logText()).not.toContain('failed unexpectedly');
  await assertAlive(app);
});

test('a client that leaves right behind its request is noticed too', async () => {
  const backend = app.backend('prefilling');
  const before = backend.requests.length;
  for (let index = 0; index < 20; index += 1) {
    const { socket } = openRawConnection(app.port);
    const body = chatBody('prefilling', { stream: index % 2 === 0 });
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    socket.write(rawHead(app, [`Content-Length: ${body.length}`]) + body, () => socket.resetAndDestroy());
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  await eventually(() => backend.running() === 0);
  for (const { how } of backend.endings.slice(before)) expect(how).toBe('aborted');
  await assertAlive(app);
});

test('a half-closed connection is no client that left', async () => {
  const { socket, closed } = openRawConnection(app.port);
  const body = chatBody('good');
  socket.end(rawHead(app, [`Content-Length: ${body.length}`, 'Connection: close']) + body);
  expect(await closed).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*"Hi"/);
});

test('one client that leaves disturbs no other', async () => {
  const slow = await startTestApp({
    models: { slow: () => [started, { type: 'wait', ms: 300 }, textDelta('whole'), finish(2)] },
  });
  const controller = new AbortController();
  const left = postChat(slow, chatBody('slow'), { signal: controller.signal }).catch(() => 'left');
  const stayed = postChat(slow, chatBody('slow'));
  await eventually(() => slow.backend('slow').running() === 2);
  controller.abort();
  expect(await left).toBe('left');
  expect(await (await stayed).text()).toContain('whole');
  await slow.close();
});
