import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { hasTerminal } from '../../src/cli/has-terminal.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { openStream, post, user, waitForStatus } from './chat-client.ts';

let server: ServerProcess | undefined;

afterEach(async () => {
  if (server?.process.exitCode === null) server.process.kill('SIGKILL');
  await server?.exited;
  server = undefined;
});

const story = [user('Tell me a very long story about the sea.')];

test('SIGTERM lets a running stream finish, refuses the new, and exits with 0', async () => {
  server = await startServerProcess({ flags: ['--drain-ms-max', '120000'] });
  const stream = await openStream(server, { messages: story, max_tokens: 200 });
  await stream.begun;
  const stopped = server.stop();
  await waitForStatus(`${server.url}/ready`, 503);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  const refused = await post(server, { messages: story, max_tokens: 1 });
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(await refused.json()).toMatchObject({ error: { type: 'server_error', code: 'overloaded' } });
  const ending = await stream.ended;
  expect(ending).toMatchObject({ isDone: true, isCut: false, errors: [] });
  expect(await stopped).toBe(0);
});

test('SIGTERM ends what takes too long with an error event, and exits with 0', async () => {
  server = await startServerProcess({ flags: ['--drain-ms-max', '300'] });
  const enginePid = server.enginePid();
  const streams = await Promise.all([
    openStream(server, { messages: story, max_tokens: 5000 }),
    openStream(server, { messages: [user('Count to ten thousand.')], max_tokens: 5000 }),
  ]);
  await Promise.all(streams.map(({ begun }) => begun));
  expect(await server.stop()).toBe(0);
  for (const stream of streams) {
    expect(await stream.ended).toMatchObject({
      isDone: false,
      isCut: true,
      errors: [{ code: 'overloaded', message: expect.stringContaining('shutting down') }],
    });
  }
  expect(() => process.kill(enginePid ?? 0, 0)).toThrow('ESRCH');
});

test('a second signal at the same moment changes nothing, and an idle server stops at once', async () => {
  server = await startServerProcess();
  server.process.kill('SIGINT');
  server.process.kill('SIGTERM');
  expect(await server.exited).toBe(0);
});

test('a server whose log nobody reads any more still serves, and still stops', async () => {
  server = await startServerProcess({ flags: ['--drain-ms-max', '100'] });
  const stream = await openStream(server, { messages: story, max_tokens: 5000 });
  await stream.begun;
  server.process.stderr?.destroy();
  server.process.stdout?.destroy();
  // The stream's access line is the first that can't be written, at the very end.
  expect(await server.stop()).toBe(0);
}, 30_000);

test('a second SIGINT ends at once what the first one waits for', async () => {
  server = await startServerProcess({ flags: ['--drain-ms-max', '120000'] });
  const enginePid = server.enginePid();
  const stream = await openStream(server, { messages: story, max_tokens: 5000 });
  await stream.begun;
  server.process.kill('SIGINT');
  await expect.poll(() => server?.output()).toContain('"runningRequests":1');
  await sleep(400);
  server.process.kill('SIGINT');
  expect(await Promise.race([server.exited, sleep(5000)])).toBe(130);
  expect(await stream.ended).toMatchObject({ isDone: false, isCut: true });
  await expect.poll(() => isAlive(enginePid ?? 0), { timeout: 60_000 }).toBe(false);
});

test('SIGHUP lets a running stream finish, and stops only a server with a terminal', async () => {
  server = await startServerProcess({ flags: ['--drain-ms-max', '120000'] });
  const stream = await openStream(server, { messages: story, max_tokens: 50 });
  await stream.begun;
  server.process.kill('SIGHUP');
  expect(await stream.ended).toMatchObject({ isDone: true, isCut: false, errors: [] });
  // The server belongs to the terminal of the tests, if there is one.
  if (!hasTerminal()) {
    await expect.poll(() => server?.logs()).toContain('the configuration was reloaded');
    server.process.kill('SIGTERM');
  }
  expect(await server.exited).toBe(0);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
