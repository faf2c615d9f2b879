import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createStoredKey, insertStoredKey } from '../../../test/stored-key.ts';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import { createSqlKeyStore } from '../sql/sql-key-store.ts';
import { backUpDatabase } from './back-up-database.ts';
import { openDatabase } from './open-database.ts';
import { restoreDatabase } from './restore-database.ts';

/** A database that no connection of this process still has open: the binding closes them late. */
async function makeDatabase(path: string, ...names: string[]): Promise<void> {
  const made = join(createTemporaryFolder(), randomUUID());
  const database = await openDatabase(made);
  for (const name of names) {
    await insertStoredKey(createSqlKeyStore(database), createStoredKey(`key_${name}`, { name }));
  }
  await database.close();
  // The file alone: closing has left nothing in the log.
  copyFileSync(made, path);
}

async function readNames(path: string): Promise<string[]> {
  const copy = join(createTemporaryFolder(), randomUUID());
  copyFileSync(path, copy);
  const database = await openDatabase(copy);
  const rows = await database.queries.selectFrom('apiKeys').select('name').execute();
  await database.close();
  return rows.map(({ name }) => name);
}

async function createPlace() {
  const folder = createTemporaryFolder();
  const place = { folder, file: join(folder, 'backup'), database: join(folder, 'home', 'gravix.db') };
  const source = join(folder, 'source.db');
  await makeDatabase(source, 'first');
  await backUpDatabase({ from: source, to: place.file, isForced: false });
  return { ...place, source };
}

function leftovers(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.new') || name.endsWith('-journal'));
}

describe('a backup', () => {
  test('is one private file that has what is only in the log', async () => {
    const { folder } = await createPlace();
    const database = await openDatabase(join(folder, 'open.db'));
    await insertStoredKey(createSqlKeyStore(database), createStoredKey('key_b', { name: 'b' }));
    const to = join(folder, 'second');
    const sizeBytes = await backUpDatabase({ from: join(folder, 'open.db'), to, isForced: false });
    expect(statSync(to).size).toBe(sizeBytes);
    expect(statSync(to).mode & 0o777).toBe(0o600);
    expect(await readNames(to)).toEqual(['b']);
    await database.close();
  });

  test('replaces nothing unless that may go', async () => {
    const { file, source } = await createPlace();
    writeFileSync(file, 'mine');
    const again = (isForced: boolean) => backUpDatabase({ from: source, to: file, isForced });
    await expect(again(false)).rejects.toThrow(/^There is a file .+ already\. --force replaces it\.$/);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    await again(true);
    expect(await readNames(file)).toEqual(['first']);
  });

  test('of nothing, to nowhere, and of another program leave no file', async () => {
    const { folder, source } = await createPlace();
    const to = join(folder, 'new');
    const none = backUpDatabase({ from: join(folder, 'none'), to, isForced: false });
    await expect(none).rejects.toThrow(/^There is no database .+ nothing to back up\.$/);
    const nowhere = backUpDatabase({ from: source, to: join(folder, 'a', 'b'), isForced: false });
    await expect(nowhere).rejects.toThrow(/can't be written \(ENOENT\)/);
    const text = join(folder, 'text');
    writeFileSync(text, 'x'.repeat(5000));
    await expect(backUpDatabase({ from: text, to, isForced: false })).rejects.toThrow(
      /not a SQLite database/,
    );
    expect(existsSync(to)).toBe(false);
    expect(leftovers(folder)).toEqual([]);
  });
});

describe('a restore', () => {
  test('makes the folder and a private database', async () => {
    const { file, database } = await createPlace();
    await restoreDatabase({ from: file, to: database, isForced: false });
    expect(await readNames(database)).toEqual(['first']);
    expect(statSync(database).mode & 0o777).toBe(0o600);
    expect(statSync(join(database, '..')).mode & 0o777).toBe(0o700);
  });

  test('replaces a database only where that may go, and its log with it', async () => {
    const { folder, file } = await createPlace();
    const to = join(folder, 'gravix.db');
    await makeDatabase(to, 'second', 'third');
    const refused = restoreDatabase({ from: file, to, isForced: false });
    await expect(refused).rejects.toThrow(/^There is a database .+ already\. --force replaces it\.$/);
    expect(await readNames(to)).toHaveLength(2);
    await restoreDatabase({ from: file, to, isForced: true });
    expect(await readNames(to)).toEqual(['first']);
    writeFileSync(to, 'rubbish');
    writeFileSync(`${to}-wal`, 'rubbish');
    await restoreDatabase({ from: file, to, isForced: true });
    expect(await readNames(to)).toEqual(['first']);
    expect(readdirSync(folder).filter((name) => name.startsWith('gravix.db'))).toEqual(['gravix.db']);
  });

  test('never replaces a database that is in use', async () => {
    const { folder, file } = await createPlace();
    const to = join(folder, 'gravix.db');
    const database = await openDatabase(to);
    for (const isForced of [false, true]) {
      const refused = restoreDatabase({ from: file, to, isForced });
      await expect(refused).rejects.toThrow(
        /^The database .+ is in use\. Stop the server that serves from it/,
      );
    }
    await database.close();
  });

  test('what is no whole backup of ours is refused, and the database left', async () => {
    const { folder, file } = await createPlace();
    const to = join(folder, 'gravix.db');
    await makeDatabase(to, 'second');
    const bytes = readFileSync(file);
    const newer = Buffer.from(bytes);
    newer.writeUInt32BE(999, 60);
    const foreign = Buffer.from(bytes);
    foreign.writeUInt32BE(1, 68);
    const spoilt = Buffer.from(bytes);
    spoilt.fill(0xaa, 4096 + 8, 3 * 4096);
    const cases: [Buffer, RegExp][] = [
      [Buffer.alloc(0), /is not a backup of a Gravix database/],
      [Buffer.from('x'.repeat(5000)), /is not a backup of a Gravix database/],
      [bytes.subarray(0, 99), /is not a backup of a Gravix database/],
      [foreign, /is not a backup of a Gravix database/],
      [newer, /^A newer version of Gravix wrote/],
      [bytes.subarray(0, bytes.length - 4096), /is damaged\. The database was left as it is\.$/],
      [spoilt, /is damaged\. The database was left as it is\.$/],
    ];
    for (const [content, sentence] of cases) {
      writeFileSync(file, content);
      await expect(restoreDatabase({ from: file, to, isForced: true })).rejects.toThrow(sentence);
      expect(await readNames(to)).toEqual(['second']);
    }
    const none = restoreDatabase({ from: join(folder, 'none'), to, isForced: true });
    await expect(none).rejects.toThrow(/can't be read \(ENOENT\)/);
    await expect(restoreDatabase({ from: folder, to, isForced: true })).rejects.toThrow(
      /can't be read \(EISDIR\)/,
    );
    expect(leftovers(folder)).toEqual([]);
  });

  test('a copy without the log that lies beside it is no backup', async () => {
    const { file, database } = await createPlace();
    writeFileSync(`${file}-wal`, 'x'.repeat(4096));
    const refused = restoreDatabase({ from: file, to: database, isForced: true });
    await expect(refused).rejects.toThrow(/is a database in use: a part of it is still in .+-wal/);
  });
});
