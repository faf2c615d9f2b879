import { closeSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../server-process.ts';
import { drillKey, soon, startDrilledServer } from './start-drilled-server.ts';

/** Writes over all bytes of the file from this one on. */
function damage(file: string, from: number): void {
  const bytes = Buffer.alloc(statSync(file).size - from, 'damaged');
  const handle = openSync(file, 'r+');
  writeSync(handle, bytes, 0, bytes.length, from);
  closeSync(handle);
}

const wayOut = 'Restore it from a backup, or move it away to begin with an empty one.';

/** Bytes of SQLite's header, and of a page. */
const headerBytes = 100;
const pageBytes = 4096;

test('the start refuses it, the doctor names it, and a restored backup is served with its keys', async () => {
  const server = await startDrilledServer();
  const { home } = server;
  const key = await server.createKey({ name: 'kept' });
  expect((await server.chat(key)).status).toBe(200);
  expect(await server.stop()).toBe(0);
  const environment = { GRAVIX_HOME: home, GRAVIXLAYER_API_KEY: drillKey, PORT: '0' };
  const file = join(home, 'gravix.db');
  const backup = join(home, 'backup.db');
  expect(await runCommand(['backup', backup], environment)).toMatchObject({ exit: 0 });

  const damages: readonly (readonly [() => void, start: string | undefined, doctor: RegExp])[] = [
    [() => damage(file, 0), `The file is not a SQLite database. ${wayOut}`, /not a SQLite database/],
    [() => damage(file, headerBytes), `The database is damaged. ${wayOut}`, /is damaged/],
    [() => truncateSync(file, statSync(file).size / 2), undefined, /is damaged/],
    // A page in the middle: the server meets it when it reads it, the doctor looks for it.
    [() => damage(file, pageBytes * 3), undefined, /is damaged/],
  ];
  for (const [harm, sentence, doctor] of damages) {
    harm();
    if (sentence !== undefined) {
      const started = await runCommand(['serve'], environment);
      expect(started.errors).toBe(`gravix: The database ${file} can't be used. ${sentence}\n`);
      expect(started.exit).toBe(1);
    }
    const checked = await runCommand(['doctor'], environment);
    const line = checked.output.split('\n').find((one) => one.includes('database'));
    expect(line).toMatch(doctor);
    expect(line).toMatch(/^fail/);
    expect(checked.exit).toBe(1);
    expect(await runCommand(['restore', backup, '--force'], environment)).toMatchObject({ exit: 0 });
    expect(readFileSync(file).subarray(0, 15).toString()).toBe('SQLite format 3');
  }
  const again = await startDrilledServer({ home });
  expect((await again.chat(key)).status).toBe(200);
  const { body: log } = await again.ask('GET', '/v1/admin/requests');
  expect(log.data.length).toBeGreaterThanOrEqual(1);
  expect(await again.stop()).toBe(0);
});

test('one that is damaged under a running server does not end it', async () => {
  const server = await startDrilledServer();
  expect((await server.chat()).status).toBe(200);
  damage(join(server.home, 'gravix.db'), 0);
  damage(join(server.home, 'gravix.db-wal'), 0);
  // What it reads afresh fails, and the log says why.
  const report = await server.ask('GET', '/v1/admin/requests');
  expect(report.status).toBe(503);
  expect(report.body.error.code).toBe('store_unavailable');
  const readLine = () => server.findLines('a request failed unexpectedly').at(-1);
  await expect.poll(readLine, soon).toMatch(/not a SQLite database|damaged/);
  expect((await server.chat()).status).toBe(200);
  expect((await server.ask('GET', '/health')).status).toBe(200);
});
