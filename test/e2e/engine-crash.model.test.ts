import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { complete, openStream, post, user, waitForRequests, waitForStatus } from './chat-client.ts';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--slots', '1', '--metrics', 'open'] });
});

afterAll(() => server.stop());

test('a SIGSEGV of the engine ends what ran, keeps what waited and leaves the service up', async () => {
  const firstPid = server.enginePid();
  expect(firstPid).toBeDefined();
  const running = await openStream(server, { messages: [user('Tell me a long story.')], max_tokens: 4000 });
  await running.begun;
  const queued = complete(server, { messages: [user('Hello')], max_tokens: 3 });
  const queuedStream = openStream(server, { messages: [user('Hello')], max_tokens: 3 });
  await waitForRequests(server, 'waiting', 2);

  process.kill(firstPid ?? 0, 'SIGSEGV');

  const ending = await running.ended;
  expect(ending).toMatchObject({
    isDone: false,
    isCut: true,
    finishReason: undefined,
    errors: [{ code: 'engine_crashed' }],
  });
  expect(ending.errors[0]?.message).not.toMatch(/SIG|signal|\//);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);

  expect((await queued).usage.completion_tokens).toBeGreaterThan(0);
  expect(await (await queuedStream).ended).toMatchObject({ isDone: true, errors: [] });
  await waitForStatus(`${server.url}/ready`, 200);
  expect(server.enginePid()).not.toBe(firstPid);
  expect(server.logs()).toContain('engine-crashed');
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/^gravix_engine_restarts_total\{model="[^"]+"\} 1$/m);
  expect(server.process.exitCode).toBeNull();
});

// As the kernel does where memory is short.
test('a plain request that ran in a killed engine is 503 with a time to come back, and is served then', async () => {
  const posted = post(server, { messages: [user('Tell me a long story.')], max_tokens: 4000 });
  await waitForRequests(server, 'running', 1);
  process.kill(server.enginePid() ?? 0, 'SIGKILL');
  const answer = await posted;
  expect(answer.status).toBe(503);
  expect(answer.headers.get('x-should-retry')).toBeNull();
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(await answer.json()).toMatchObject({
    error: { type: 'server_error', code: 'engine_crashed', param: null },
  });
  await waitForStatus(`${server.url}/ready`, 200);
  expect((await post(server, { messages: [user('Hello')], max_tokens: 1 })).status).toBe(200);
});
