// The disk of the database is full: a small file system of its own, which only the server and its children have mounted.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDrilledHome, soon, startDrilledServer } from './start-drilled-server.ts';

/** Runs the words behind it with a file system of 4 MB over the data folder, which keeps its configuration. */
const script = 'mount -t tmpfs -o size=4m none "$0" && cp "$0/../config.yaml" "$0" && exec "$@"';
const mountNamespace = ['unshare', '--map-root-user', '--mount'];

function canMount(): boolean {
  const folder = join(import.meta.dirname);
  return (
    spawnSync('unshare', [...mountNamespace.slice(1), 'mount', '-t', 'tmpfs', 'none', folder]).status === 0
  );
}

test('answers go on, changes are refused, and rows wait until there is room', async (context) => {
  if (!canMount())
    return context.skip('a user may not mount file systems here (unshare --map-root-user --mount)');
  const outside = await createDrilledHome();
  const home = join(outside, 'disk');
  mkdirSync(home);
  const server = await startDrilledServer({
    home,
    flags: ['--metrics', 'open'],
    launcher: [...mountNamespace, 'sh', '-c', script, home],
  });
  expect((await server.chat()).status).toBe(200);
  const other = await server.createKey({ name: 'other' });
  const filler = `/proc/${server.pid}/root${home}/filler`;
  const filled = spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'], { encoding: 'utf8' });
  expect(filled.stderr).toContain('No space left on device');

  // The log of the database has some room left, which requests use up first.
  const readLog = async () => {
    await server.chat();
    return server.findLines('rows of the ledger were not written').at(0);
  };
  await expect.poll(readLog, soon).toContain('The database could not grow: the disk is full.');
  for (const key of [undefined, other]) expect((await server.chat(key)).status).toBe(200);
  for (let count = 0; count < 20; count += 1) expect((await server.chat()).status).toBe(200);
  // A cause has a line once, not with each request.
  for (const message of [
    'a request began before its row was in the database',
    'rows of the ledger were not written',
  ])
    expect(server.findLines(message).length).toBeLessThan(6);
  const refused = await server.ask('POST', '/v1/admin/keys', { name: 'third' });
  expect(refused.status).toBe(503);
  expect(refused.body.error.code).toBe('store_unavailable');
  const metrics = (await server.ask('GET', '/metrics')).body;
  expect(Number(/^gravix_ledger_waiting_rows (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);
  expect((await server.ask('GET', '/health')).status).toBe(200);

  rmSync(filler);
  const readWaiting = async () =>
    /^gravix_ledger_waiting_rows (\d+)$/m.exec((await server.ask('GET', '/metrics')).body)?.[1];
  await expect.poll(readWaiting, soon).toBe('0');
  expect(await server.createKey({ name: 'third' })).toMatch(/^gx-/);
  const { body: log } = await server.ask('GET', '/v1/admin/requests?limit=100');
  expect(log.data).toHaveLength(Math.min(100, server.answeredChats()));
  expect(await server.stop()).toBe(0);
});
