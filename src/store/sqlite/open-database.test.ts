import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import Libsql from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTogether } from '../../../test/conformance/spawn-key-store-process.ts';
import { expectWithin } from '../../../test/expect-within.ts';
import { createStoredKey, insertStoredKey } from '../../../test/stored-key.ts';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import { migrations } from '../sql/migrations.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { createSqlKeyStore } from '../sql/sql-key-store.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './open-database.ts';

async function open(file: string): Promise<SqlDatabase> {
  const database = await openDatabase(file);
  onTestFinished(() => database.close());
  return database;
}

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

function openRaw(file: string): Libsql.Database {
  const connection = new Libsql(file);
  onTestFinished(() => {
    connection.close();
  });
  return connection;
}

const key = createStoredKey('key_1');

describe('openDatabase', () => {
  it('makes folder and files for their owner alone', async () => {
    const home = join(createTemporaryFolder(), 'new', 'home');
    const { queries } = await open(join(home, 'gravix.db'));
    await insertStoredKey(createSqlKeyStore({ queries }), key);
    expect(mode(home)).toBe('700');
    expect(readdirSync(home).map((name) => [name, mode(join(home, name))])).toStrictEqual([
      ['gravix.db', '600'],
      ['gravix.db-shm', '600'],
      ['gravix.db-wal', '600'],
    ]);
  });

  it('sets the pragmas that the rest relies on', async () => {
    const { queries } = await open(join(createTemporaryFolder(), 'gravix.db'));
    const read = async (pragma: string) => {
      const { rows } = await sql.raw<Record<string, unknown>>(`PRAGMA ${pragma}`).execute(queries);
      return Object.values(rows[0] ?? {})[0];
    };
    expect(await read('journal_mode')).toBe('wal');
    expect(await read('busy_timeout')).toBe(0);
    expect(await read('foreign_keys')).toBe(1);
    expect(await read('synchronous')).toBe(1);
    expect(await read('user_version')).toBe(migrations.length);
  });

  it('keeps what was written after closing, and may be closed twice', async () => {
    const file = join(createTemporaryFolder(), 'gravix.db');
    const first = await openDatabase(file);
    await insertStoredKey(createSqlKeyStore(first), key);
    await first.close();
    await first.close();
    const { queries } = await open(file);
    expect(await createSqlKeyStore({ queries }).list()).toStrictEqual([key]);
  });

  it('names a locked database instead of waiting for long', async () => {
    const file = join(createTemporaryFolder(), 'gravix.db');
    const { queries } = await open(file);
    const other = openRaw(file);
    other.exec('BEGIN IMMEDIATE');
    await expectWithin(1_000, async () => {
      await expect(insertStoredKey(createSqlKeyStore({ queries }), key)).rejects.toMatchObject({
        name: 'StoreError',
        code: 'busy',
      });
    });
    other.exec('ROLLBACK');
    expect(await insertStoredKey(createSqlKeyStore({ queries }), key)).toBe(true);
  });

  it.each([
    ['text', (file: string) => writeFileSync(file, 'These are not the bytes of a database.\n'.repeat(300))],
    ['a damaged schema', damageSchema],
    [
      'the database of another program',
      (file: string) => void openRaw(file).exec('CREATE TABLE notes (text TEXT)'),
    ],
  ])('refuses %s with a sentence and leaves it as it is', async (_, prepare) => {
    const file = join(createTemporaryFolder(), 'gravix.db');
    prepare(file);
    const before = readFileSync(file);
    await expect(openDatabase(file)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'corrupt',
      message: expect.stringMatching(
        /^The database \/.*gravix\.db can't be used\. .* Restore it from a backup, or move it away/,
      ),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('refuses what a newer version wrote and changes nothing in it', async () => {
    const file = join(createTemporaryFolder(), 'gravix.db');
    await (await openDatabase(file)).close();
    const raw = openRaw(file);
    const newer = migrations.length + 1;
    raw.exec(`PRAGMA user_version = ${newer}`);
    await expect(openDatabase(file)).rejects.toMatchObject({
      code: 'newer_version',
      message: expect.stringContaining(`schema ${newer}; this version knows ${migrations.length}`),
    });
    expect(raw.prepare('PRAGMA user_version').all()).toStrictEqual([{ user_version: newer }]);
  });

  it('says when the path can not be written', async () => {
    const folder = createTemporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'folder'));
    const refusal = {
      name: 'StoreError',
      code: 'unavailable',
      message: expect.stringContaining('Check the path'),
    };
    await expect(openDatabase(join(folder, 'file', 'gravix.db'))).rejects.toMatchObject(refusal);
    await expect(openDatabase(join(folder, 'folder'))).rejects.toMatchObject(refusal);
  });

  it('says when the file may not be written', async () => {
    // Modes don't bind root; a file of the kernel's does.
    const file = process.getuid?.() === 0 ? '/proc/version' : await createReadOnlyDatabase();
    await expect(openDatabase(file)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('waits for another process that is creating the same database', async () => {
    const file = join(createTemporaryFolder(), 'gravix.db');
    const other = openRaw(file);
    other.exec('BEGIN IMMEDIATE');
    let isReleased = false;
    setTimeout(() => {
      isReleased = true;
      other.exec('ROLLBACK');
    }, 200);
    const { queries } = await open(file);
    expect(isReleased).toBe(true);
    expect(await insertStoredKey(createSqlKeyStore({ queries }), key)).toBe(true);
  });

  it('does not pile up native memory with the queries', async () => {
    const { queries } = await open(join(createTemporaryFolder(), 'gravix.db'));
    const store = createSqlKeyStore({ queries });
    const lookUp = async (times: number) => {
      for (let done = 0; done < times; done += 1) {
        await store.findByHash(`unknown-${done}`);
      }
      return process.memoryUsage.rss() / 2 ** 20;
    };
    const beforeMib = await lookUp(5_000);
    const afterMib = await lookUp(20_000);
    // A statement for each query left 170 MiB behind here.
    expect(afterMib - beforeMib).toBeLessThan(70);
  });

  it('lets processes that open the same fresh database at one instant all come up', async () => {
    const folder = createTemporaryFolder();
    const files = Array.from({ length: 40 }, (_, round) => join(folder, `${round}.db`));
    const results = await startTogether(2, 'open', ...files);
    expect(results.map(({ errors }) => errors)).toStrictEqual(['', '']);
    expect(results.map(({ exitCode }) => exitCode)).toStrictEqual([0, 0]);
    expect(readdirSync(folder).filter((name) => name.endsWith('.db'))).toHaveLength(40);
  }, 30_000);

  it('lets three servers that start at once agree on one first key and lose no key', async () => {
    const home = join(createTemporaryFolder(), 'home');
    const file = join(home, 'gravix.db');
    const results = await startTogether(3, 'race', file, '20', home);
    expect(results.map(({ errors }) => errors)).toStrictEqual(['', '', '']);
    expect(results.filter(({ output }) => output.includes('created'))).toHaveLength(1);
    const keys = await createSqlKeyStore(await open(file)).list();
    expect(keys.filter(({ name }) => name === 'first')).toHaveLength(1);
    expect(keys.filter(({ name }) => name.startsWith('raced-'))).toHaveLength(60);
  }, 30_000);
});

describe('migrate', () => {
  it('applies the steps that are missing, in order, and each once', () => {
    const connection = openRaw(join(createTemporaryFolder(), 'gravix.db'));
    const first = { version: 1, sqlite: 'CREATE TABLE one (a INTEGER)' };
    const second = { version: 2, sqlite: 'ALTER TABLE one ADD COLUMN b INTEGER' };
    migrate(connection, [first]);
    migrate(connection, [first, second]);
    migrate(connection, [first, second]);
    expect(connection.prepare('PRAGMA user_version').all()).toStrictEqual([{ user_version: 2 }]);
    connection.exec('INSERT INTO one (a, b) VALUES (1, 2)');
  });

  it('gives the keys of before scopes and a project, and accepts them without a check', async () => {
    const file = join(createTemporaryFolder(), 'gravix.db');
    const connection = openRaw(file);
    migrate(
      connection,
      migrations.filter(({ version }) => version <= 3),
    );
    const insert = connection.prepare(
      'INSERT INTO api_keys (id, name, hash, hint, created_at_ms, expires_at_ms, revoked_at_ms, last_used_at_ms, scope) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    insert.run(['key_a', 'first', 'a'.repeat(64), 'gx-AbCd…', 1, null, null, 4, 'admin']);
    insert.run(['key_b', 'same', 'b'.repeat(64), 'gx-EfGh…', 2, 9, 3, null, 'inference']);
    connection.close();
    const store = createSqlKeyStore(await open(file));
    const one = { name: 'first', hash: 'a'.repeat(64), createdAtMs: 1, lastUsedAtMs: 4 };
    const two = { name: 'same', hash: 'b'.repeat(64), hint: 'gx-EfGh…', createdAtMs: 2 };
    expect(await store.list()).toStrictEqual([
      createStoredKey('key_a', { ...one, scopes: ['inference', 'admin'] }),
      createStoredKey('key_b', { ...two, expiresAtMs: 9, revokedAtMs: 3 }),
    ]);
    expect(await store.listUncheckedHashes()).toStrictEqual([
      { hash: 'a'.repeat(64), keyId: 'key_a' },
      { hash: 'b'.repeat(64), keyId: 'key_b' },
    ]);
    expect(await store.listProjects()).toMatchObject([{ id: 'default', name: 'default', limits: {} }]);
  });

  it('leaves nothing behind when a step fails', () => {
    const connection = openRaw(join(createTemporaryFolder(), 'gravix.db'));
    const good = { version: 1, sqlite: 'CREATE TABLE one (a INTEGER)' };
    const bad = { version: 2, sqlite: 'CREATE TABLE two (a INTEGER); CREATE TABLE one (a INTEGER)' };
    expect(() => migrate(connection, [good, bad])).toThrow('already exists');
    expect(connection.inTransaction).toBe(false);
    expect(connection.prepare('SELECT name FROM sqlite_schema').all()).toStrictEqual([]);
    expect(connection.prepare('PRAGMA user_version').all()).toStrictEqual([{ user_version: 0 }]);
  });
});

/** A whole header with rubbish behind it, as a torn disk may leave it. */
function damageSchema(file: string): void {
  const connection = new Libsql(file);
  connection.exec('CREATE TABLE notes (text TEXT)');
  connection.close();
  const bytes = readFileSync(file);
  bytes.fill(0xff, 100, 4096);
  writeFileSync(file, bytes);
}

async function createReadOnlyDatabase(): Promise<string> {
  const file = join(createTemporaryFolder(), 'gravix.db');
  await (await openDatabase(file)).close();
  chmodSync(file, 0o400);
  return file;
}
