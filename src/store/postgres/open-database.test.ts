import { sql } from 'kysely';
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { startTogether } from '../../../test/conformance/spawn-key-store-process.ts';
import { postgresPassword } from '../../../test/postgres-cluster.ts';
import { describeWithPostgres } from '../../../test/postgres-server.ts';
import { createStoredKey, insertStoredKey } from '../../../test/stored-key.ts';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import { migrations } from '../sql/migrations.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { createSqlKeyStore } from '../sql/sql-key-store.ts';
import { type DatabaseLimits, openDatabase } from './open-database.ts';

async function open(url: string, limits: Partial<DatabaseLimits> = {}): Promise<SqlDatabase> {
  const database = await openDatabase(url, { connectionsMax: 2, ...limits });
  onTestFinished(() => database.close());
  return database;
}

async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const key = createStoredKey('key_1', { createdAtMs: 8.64e15 });

describeWithPostgres('openDatabase', (server) => {
  it('makes the tables, keeps what was written after closing, and may be closed twice', async () => {
    const url = await server.createDatabase();
    const first = await openDatabase(url, { connectionsMax: 1 });
    await insertStoredKey(createSqlKeyStore(first), key);
    await first.close();
    await first.close();
    expect(await createSqlKeyStore(await open(url)).list()).toStrictEqual([key]);
    expect(await query(url, 'SELECT version FROM gravix_schema_version')).toEqual([
      { version: migrations.length },
    ]);
  });

  it('refuses what a newer version wrote and changes nothing in it', async () => {
    const url = await server.createDatabase();
    await (await open(url)).close();
    await query(url, 'UPDATE gravix_schema_version SET version = 1000');
    await expect(open(url)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'newer_version',
      message: expect.stringContaining(`(schema 1000; this version knows ${migrations.length})`),
    });
    expect(await query(url, 'SELECT version FROM gravix_schema_version')).toEqual([{ version: 1000 }]);
  });

  it('leaves the tables of another program as they are', async () => {
    const url = await server.createDatabase();
    await query(url, 'CREATE TABLE stored_completions (note TEXT)');
    await expect(open(url)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringMatching(/a table of another program .*"stored_completions" already exists/),
    });
    const tables = await query(
      url,
      `SELECT relname FROM pg_class WHERE relkind = 'r' AND relname !~ '^(pg|sql)_'`,
    );
    expect(tables).toEqual([{ relname: 'stored_completions' }]);
  });

  it('shares a database with another program whose tables have other names', async () => {
    const url = await server.createDatabase();
    await query(url, 'CREATE TABLE notes (text TEXT)');
    expect(await insertStoredKey(createSqlKeyStore(await open(url)), key)).toBe(true);
  });

  it.each([
    [
      'a wrong password',
      () => server.toUrl('postgres', 'tester', 'wrong-secret'),
      /refuses the user or the password/,
    ],
    [
      'a database that is not there',
      () => server.toUrl('nowhere'),
      /^The Postgres database nowhere at .*does not exist/,
    ],
    [
      'no server',
      () => `postgres://u:${secret}@/x?host=/nowhere`,
      /^The Postgres database x at \/nowhere can't be used\. Postgres can not be reached \(connect ENOENT/,
    ],
    ['a closed port', () => `postgres://u:${secret}@127.0.0.1:1/x`, /x at 127\.0\.0\.1:1 .*ECONNREFUSED/],
    [
      'an unknown host',
      () => `postgres://u:${secret}@host.invalid/x`,
      /x at host\.invalid:5432 .*(?:ENOTFOUND|EAI_AGAIN)/,
    ],
    ['no address', () => `postgres://u:${secret}@h:port/x`, /^The Postgres database of DATABASE_URL /],
    [
      'no password',
      () => server.toUrl('postgres').replace(/:[^:@]*@/, '@'),
      /refuses the user or the password/,
    ],
    [
      'TLS that the server lacks',
      () => `${server.toUrl('postgres')}&sslmode=verify-full`,
      /TLS with Postgres failed/,
    ],
    [
      'another encoding',
      () => server.createDatabase(`TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'`),
      /encoding is LATIN1/,
    ],
  ])('says %s in one sentence, without the password', async (_, toUrl, words) => {
    const failure = await open(await toUrl()).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'StoreError',
      code: 'unavailable',
      message: expect.stringMatching(words),
    });
    expect(failure).toMatchObject({
      message: expect.stringMatching(/ Check DATABASE_URL, and that the server/),
    });
    const everything = [failure, failure instanceof Error ? failure.cause : ''].map(
      (error) => JSON.stringify(error) + String(error),
    );
    for (const word of [secret, 'wrong-secret', postgresPassword])
      expect(everything.join()).not.toContain(word);
  });

  it('serves a user who may not make tables once they are there', async () => {
    const url = await server.createDatabase();
    await expect(open(await asReader(url))).rejects.toMatchObject({
      message: expect.stringContaining('lacks a privilege'),
    });
    await (await open(url)).close();
    await query(url, 'GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO reader');
    expect(await insertStoredKey(createSqlKeyStore(await open(await asReader(url))), key)).toBe(true);
  });

  async function asReader(url: string): Promise<string> {
    await query(
      url,
      `DO $$ BEGIN CREATE ROLE reader LOGIN PASSWORD 'read'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    );
    return url.replace(/\/\/[^@]*@/, '//reader:read@');
  }

  it('says that a database is read-only, at the start and later', async () => {
    const url = await server.createDatabase();
    const readOnly = `${url}&options=${encodeURIComponent('-c default_transaction_read_only=on')}`;
    await expect(open(readOnly)).rejects.toMatchObject({
      code: 'read_only',
      message: expect.stringContaining('Give the address of the primary server in DATABASE_URL.'),
    });
    await (await open(url)).close();
    const store = createSqlKeyStore(await open(readOnly));
    await expect(insertStoredKey(store, key)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'read_only',
    });
    expect(await store.list()).toEqual([]);
  });

  it('says that Postgres has no connection left, and waits where its own pool has none', async () => {
    const url = await server.createDatabase();
    await (await open(url)).close();
    await query(url, `CREATE ROLE lonely LOGIN PASSWORD 'read' CONNECTION LIMIT 1`);
    await query(url, 'GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO lonely');
    const { queries } = await open(url.replace(/\/\/[^@]*@/, '//lonely:read@'), { connectionsMax: 2 });
    // The one connection is in the pool once that of the migration is gone.
    await expect.poll(() => sql`SELECT 1`.execute(queries)).toBeDefined();
    const slept = Array.from({ length: 2 }, () => sql`SELECT pg_sleep(0.3)`.execute(queries));
    const outcomes = await Promise.allSettled(slept);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = outcomes.find(({ status }) => status === 'rejected');
    expect(refused).toMatchObject({ reason: { name: 'StoreError', code: 'busy' } });
    const pooled = await open(url, { connectionsMax: 1 });
    const waiting = Array.from({ length: 3 }, () => sql`SELECT pg_sleep(0.05)`.execute(pooled.queries));
    expect(await Promise.all(waiting)).toHaveLength(3);
    const hurried = await open(url, { connectionsMax: 1, connectTimeoutMs: 500 });
    const kept = sql`SELECT pg_sleep(2)`.execute(hurried.queries);
    await expect(createSqlKeyStore(hurried).list()).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining('databaseConnectionsMax'),
    });
    await kept;
  });

  it('ends a statement that takes too long, and goes on', async () => {
    const { queries } = await open(await server.createDatabase(), {
      connectionsMax: 1,
      statementTimeoutMs: 200,
    });
    await expect(sql`SELECT pg_sleep(5)`.execute(queries)).rejects.toMatchObject({ code: 'busy' });
    expect((await sql`SELECT 1 AS one`.execute(queries)).rows).toEqual([{ one: 1 }]);
  });

  it('ends the transaction of a process that stops in it, and gives its locks to others', async () => {
    const url = await server.createDatabase();
    const stopped = await open(url, { connectionsMax: 1, statementTimeoutMs: 200 });
    const other = await open(url, { connectionsMax: 1 });
    const lock = (queries: typeof other.queries) => sql`SELECT pg_advisory_xact_lock(7)`.execute(queries);
    let isLocked = false;
    let letGo: () => void = () => undefined;
    const isTaken = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const standing = stopped.queries.transaction().execute(async (transaction) => {
      await lock(transaction);
      isLocked = true;
      await isTaken;
      await lock(transaction);
    });
    const failed = expect(standing).rejects.toMatchObject({ name: 'StoreError' });
    await expect.poll(() => isLocked).toBe(true);
    // It waits for good if the first one keeps the lock.
    await other.queries.transaction().execute(lock);
    letGo();
    await failed;
    expect((await sql`SELECT 1 AS one`.execute(stopped.queries)).rows).toEqual([{ one: 1 }]);
  });

  // The processes of a server are listed in /proc.
  it.skipIf(process.platform !== 'linux')(
    'reports a server that hangs, and goes on when it answers again',
    async () => {
      const database = await open(await server.createDatabase(), {
        connectionsMax: 1,
        statementTimeoutMs: 500,
        connectTimeoutMs: 1000,
      });
      const store = createSqlKeyStore(database);
      await store.list();
      server.pause();
      try {
        const hung = { code: 'unavailable', message: expect.stringContaining('did not answer in time') };
        await expect(store.list()).rejects.toMatchObject(hung);
        await expect(database.queries.transaction().execute(() => store.list())).rejects.toMatchObject(hung);
      } finally {
        server.resume();
      }
      expect(await store.list()).toEqual([]);
    },
  );

  it('reports a server that is gone, and goes on when it is back', async () => {
    const lost: unknown[] = [];
    const database = await open(await server.createDatabase(), {
      onConnectionLost: (error) => lost.push(error),
    });
    const store = createSqlKeyStore(database);
    await insertStoredKey(store, key);
    const running = sql`SELECT pg_sleep(30)`.execute(database.queries).catch((error: unknown) => error);
    await store.list();
    await server.kill();
    try {
      expect(await running).toMatchObject({ name: 'StoreError', code: 'unavailable' });
      await expect(store.list()).rejects.toMatchObject({ name: 'StoreError', code: 'unavailable' });
      expect(lost).not.toEqual([]);
      for (const error of lost) expect(error).toMatchObject({ name: 'StoreError', code: 'unavailable' });
    } finally {
      await server.start();
    }
    expect(await store.list()).toStrictEqual([key]);
  });

  it('lets replicas that open the same fresh database at one instant all come up', async () => {
    const urls = await Promise.all(Array.from({ length: 10 }, () => server.createDatabase()));
    const results = await startTogether(2, 'open', ...urls);
    expect(results.map(({ errors }) => errors)).toStrictEqual(['', '']);
    for (const url of urls) {
      expect(await query(url, 'SELECT version FROM gravix_schema_version')).toEqual([
        { version: migrations.length },
      ]);
    }
  }, 30_000);

  it('loses no key of three replicas that make them at once', async () => {
    const url = await server.createDatabase();
    const results = await startTogether(3, 'race', url, '20', createTemporaryFolder());
    expect(results.map(({ errors }) => errors)).toStrictEqual(['', '', '']);
    const keys = await createSqlKeyStore(await open(url)).list();
    expect(keys.filter(({ name }) => name.startsWith('raced-'))).toHaveLength(60);
  }, 30_000);
});

const secret = 'never-shown';
