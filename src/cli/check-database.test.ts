import { open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestFolder } from '../../test/catalog/sample-model.ts';
import { loadConfig } from '../config/load-config.ts';
import { openDatabase } from '../store/sqlite/open-database.ts';
import { checkDatabase } from './check-database.ts';

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let path: string;

beforeEach(async () => {
  folder = await createTestFolder();
  path = join(folder.path, 'gravix.db');
});
afterEach(() => folder.close());

function check() {
  return checkDatabase(loadConfig({ environment: { GRAVIX_HOME: folder.path }, flags: {} }));
}

async function makeDatabase(): Promise<void> {
  const database = await openDatabase(path);
  await database.close();
}

test('none yet', async () => {
  expect(await check()).toMatchObject({ status: 'ok', message: expect.stringContaining('no database yet') });
  await expect(stat(path)).rejects.toThrow();
});

test('a sound one', async () => {
  await makeDatabase();
  expect(await check()).toMatchObject({ status: 'ok', message: expect.stringContaining(path) });
});

test.each([
  ['no database', async () => writeFile(path, 'x'.repeat(5000)), 'not a SQLite database'],
  [
    'damaged pages',
    async () => {
      await makeDatabase();
      // What lies in the write-ahead log would stand before the damage.
      const database = new Libsql(path);
      database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
      database.close();
      const file = await open(path, 'r+');
      const { size } = await file.stat();
      await file.write(Buffer.alloc(size - 4096, 0x5a), 0, size - 4096, 4096);
      await file.close();
    },
    'damaged',
  ],
])('%s is told with the way out', async (_, damage, words) => {
  await damage();
  await expect(check()).rejects.toThrow(words);
  await expect(check()).rejects.toThrow(/Restore it from a backup, or move it away/);
});
