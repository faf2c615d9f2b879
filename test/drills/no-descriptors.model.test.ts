import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { soon, startDrilledServer } from './start-drilled-server.ts';

test('a server without free descriptors lives on, and serves again when connections end', async (context) => {
  if (spawnSync('prlimit', ['--version']).status !== 0) return context.skip('there is no prlimit here');
  const server = await startDrilledServer({ flags: ['--metrics', 'open'] });
  expect((await server.chat()).status).toBe(200);
  // A connection from before is kept.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const readStatus = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const outgoing = get(`${server.url}${path}`, { agent }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode));
      });
      outgoing.once('error', reject);
    });
  expect(await readStatus('/health')).toBe(200);
  const used = readdirSync(`/proc/${server.pid}/fd`).length;
  const limit = used + 20;
  expect(spawnSync('prlimit', ['--pid', String(server.pid), `--nofile=${limit}:${limit}`]).status).toBe(0);
  const sockets: Socket[] = [];
  try {
    for (let count = 0; count < 60; count += 1) {
      sockets.push(connect({ host: '127.0.0.1', port: server.port }).on('error', () => undefined));
    }
    const countUsed = async () => readdirSync(`/proc/${server.pid}/fd`).length;
    await expect.poll(countUsed, soon).toBeGreaterThanOrEqual(limit - 1);
    // The others are closed, and the connection that there is goes on.
    await expect.poll(() => sockets.filter(({ closed }) => closed).length, soon).toBeGreaterThan(20);
    expect(await readStatus('/health')).toBe(200);
    expect(await readStatus('/metrics')).toBe(200);
  } finally {
    agent.destroy();
    for (const socket of sockets) socket.destroy();
  }
  await expect
    .poll(
      () =>
        server.chat().then(
          ({ status }) => status,
          () => 0,
        ),
      soon,
    )
    .toBe(200);
  expect(await server.stop()).toBe(0);
});

test('a start with too few descriptors for its connections says so', async (context) => {
  if (spawnSync('prlimit', ['--version']).status !== 0) return context.skip('there is no prlimit here');
  const few = await startDrilledServer({ launcher: ['prlimit', '--nofile=1024:1024'] });
  const warning = 'this process may open too few files for connectionsMax';
  await expect.poll(() => few.findLines(warning).at(0), soon).toContain('"descriptorsMax":1024');
  expect(await few.stop()).toBe(0);
  const enough = await startDrilledServer({
    launcher: ['prlimit', '--nofile=1024:1024'],
    flags: ['--connections-max', '800'],
  });
  expect((await enough.chat()).status).toBe(200);
  expect(await enough.stop()).toBe(0);
  expect(enough.findLines(warning)).toEqual([]);
});
