// A model whose file goes or shrinks under a running server.
import { copyFile, realpath, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestHome, type ServerProcess, startServerProcess } from '../server-process.ts';
import { testModelBlob } from '../test-model.ts';
import { complete, openStream, post, user, waitForStatus } from './chat-client.ts';

let home: string;
let server: ServerProcess;
let blob: string;
let copy: string;

beforeAll(async () => {
  home = await createTestHome();
  blob = join(home, 'models', 'blobs', testModelBlob);
  copy = join(home, 'copy.gguf');
  await copyFile(await realpath(blob), copy);
  await restore();
  server = await startServerProcess({ home, flags: ['--slots', '1'] });
});

beforeEach(async () => {
  await restore();
  await waitForStatus(`${server.url}/ready`, 200);
  await complete(server, { messages: [user('Hello')], max_tokens: 1 });
});

afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true });
});

/** A file of its own in place of the tests' one. */
async function restore(): Promise<void> {
  const fresh = `${blob}.fresh`;
  await copyFile(copy, fresh);
  await rename(fresh, blob);
}

/** Generous for a machine that is busy, and far below the wait that the queue allows. */
const soonMs = 15_000;

async function expectUnavailable(answer: Promise<Response>): Promise<void> {
  const startedAtMs = performance.now();
  const { status, headers } = await answer;
  expect(performance.now() - startedAtMs).toBeLessThan(soonMs);
  expect(status).toBe(503);
  expect(headers.get('x-should-retry')).toBe('false');
  expect(await (await answer).json()).toMatchObject({ error: { code: 'model_unavailable', param: 'model' } });
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
}

test.each([
  ['shrinks', () => truncate(blob, 1_000_000)],
  ['is empty', () => truncate(blob, 0)],
  ['goes', () => rm(blob)],
])('a file that %s: not ready, unavailable at once, and served again when it is back', async (_, lose) => {
  const pid = server.enginePid();
  await lose();
  await expectUnavailable(post(server, { messages: [user('Hello')], max_tokens: 1 }));
  expect((await fetch(`${server.url}/ready`)).status).toBe(503);
  await expectUnavailable(post(server, { messages: [user('Hello')], max_tokens: 1, stream: true }));
  await restore();
  await waitForStatus(`${server.url}/ready`, 200);
  await complete(server, { messages: [user('Hello')], max_tokens: 1 });
  expect(server.enginePid()).not.toBe(pid);
  expect(server.logs()).not.toContain('engine-crashed');
});

test('readiness tells it before any request comes', async () => {
  await truncate(blob, 1_000_000);
  await waitForStatus(`${server.url}/ready`, 503);
});

test('what waited for a slot when the engine died of it does not wait for a restart that can not be', async () => {
  const running = await openStream(server, { messages: [user('Tell me a long story.')], max_tokens: 2000 });
  await running.begun;
  const queued = post(server, { messages: [user('Hello')], max_tokens: 1 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await rm(blob);
  process.kill(server.enginePid() ?? 0, 'SIGSEGV');
  await expectUnavailable(queued);
  expect(await running.ended).toMatchObject({ isCut: true, errors: [{ code: 'engine_crashed' }] });
});
