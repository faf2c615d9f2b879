import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { spawnKeyStoreProcess } from '../../../test/conformance/spawn-key-store-process.ts';
import { expectWithin } from '../../../test/expect-within.ts';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import { createSqlKeyStore } from '../../store/sql/sql-key-store.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import { createKeyService, type KeyServiceOptions } from './keys.ts';

async function openService(options: Partial<KeyServiceOptions> = {}) {
  const file = join(createTemporaryFolder(), 'gravix.db');
  const { queries, close } = await openDatabase(file);
  onTestFinished(close);
  const clock = { nowMs: 1_800_000_000_000 };
  const service = createKeyService({
    store: createSqlKeyStore({ queries }),
    environmentKey: undefined,
    now: () => clock.nowMs,
    ...options,
  });
  const lastUses = async () => (await service.list()).map(({ lastUsedAtMs }) => lastUsedAtMs);
  return { file, queries, service, clock, lastUses };
}

describe('create and verify', () => {
  it('makes keys that are recognised, each its own', async () => {
    const { service } = await openService();
    const one = await service.create({ name: 'one' });
    const two = await service.create({ name: 'two' });
    expect(one.key).toMatch(/^gx-[0-9a-f]{16}-[A-Za-z0-9_-]{54}$/);
    expect(one.key).not.toBe(two.key);
    expect(one.record.hint).toBe(`${one.key.slice(0, 24)}…`);
    expect(one.key).toContain(one.record.id.slice('key_'.length));
    expect(await service.verify(one.key)).toStrictEqual({
      id: one.record.id,
      name: 'one',
      projectId: 'default',
      projectName: 'default',
      scopes: ['inference'],
      models: undefined,
      limits: {},
      budget: undefined,
      projectLimits: {},
      projectBudget: undefined,
    });
    expect(await service.verify(two.key)).toMatchObject({ id: two.record.id, name: 'two' });
  });

  it('refuses everything else alike', async () => {
    const { service } = await openService();
    const { key, record } = await service.create({ name: 'one' });
    const wrong = [
      '',
      ' ',
      key.slice(0, -1),
      `${key}A`,
      ` ${key}`,
      key.toUpperCase(),
      record.hash,
      record.id,
      record.hint,
      'é\0😀',
    ];
    for (const presented of wrong) {
      expect(await service.verify(presented), presented).toBeUndefined();
    }
  });

  it('looks at no more than 512 characters', async () => {
    const environmentKey = 'k'.repeat(512);
    const { service } = await openService({ environmentKey });
    expect(await service.verify(environmentKey)).toMatchObject({
      id: 'environment',
      name: 'environment',
      scopes: ['inference', 'admin', 'metrics'],
    });
    expect(await service.verify(`${environmentKey}k`)).toBeUndefined();
    await expectWithin(50, async () => {
      expect(await service.verify('k'.repeat(200_000_000))).toBeUndefined();
    });
  });

  it('ends a key at the instant of its expiry', async () => {
    const { service, clock } = await openService();
    const { key, record } = await service.create({ name: 'short', expiresAtMs: clock.nowMs + 1_000 });
    clock.nowMs += 999;
    expect(await service.verify(key)).toMatchObject({ id: record.id, name: 'short' });
    clock.nowMs += 1;
    expect(await service.verify(key)).toBeUndefined();
  });

  it('sees a revocation by another process within two seconds', async () => {
    const { service, file } = await openService();
    const { key } = await service.create({ name: 'shared' });
    expect(await service.verify(key)).toBeDefined();
    const { exitCode, errors } = await spawnKeyStoreProcess('revoke', file, 'shared').finished();
    expect({ exitCode, errors }).toStrictEqual({ exitCode: 0, errors: '' });
    await expect.poll(() => service.verify(key), { timeout: 2000, interval: 50 }).toBeUndefined();
  });

  it('keeps no plain key on disk', async () => {
    const { service, file } = await openService();
    const { key, record } = await service.create({ name: 'scanned' });
    await service.verify(key);
    const bytes = Buffer.concat(
      [file, `${file}-wal`, `${file}-shm`]
        .filter((path) => existsSync(path))
        .map((path) => readFileSync(path)),
    );
    const secret = key.slice(record.hint.length - 5);
    // The hash must be found: it shows that the scan looks where the key would be.
    expect(bytes.includes(record.hash)).toBe(true);
    expect(bytes.includes(secret.slice(0, 8))).toBe(false);
    expect(bytes.includes(secret.slice(4))).toBe(false);
    expect(bytes.includes(Buffer.from(secret, 'base64url'))).toBe(false);
  });

  it.each(['', ' a', 'a ', 'a\nb', '\u001b[2J', 'a\u202eb', 'x'.repeat(101)])(
    'refuses the name %j',
    async (name) => {
      const { service } = await openService();
      await expect(service.create({ name })).rejects.toMatchObject({
        name: 'KeyServiceError',
        code: 'invalid_name',
      });
      expect(await service.list()).toStrictEqual([]);
    },
  );

  it('refuses an expiry that is no instant in the future', async () => {
    const { service, clock } = await openService();
    for (const expiresAtMs of [
      clock.nowMs,
      0,
      -1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      8.64e15 + 1,
      clock.nowMs + 0.5,
    ]) {
      await expect(service.create({ name: 'a', expiresAtMs }), `${expiresAtMs}`).rejects.toMatchObject({
        code: 'invalid_expiry',
      });
    }
  });

  it.each(['', 'two words', 'line\n', 'ключ', 'k'.repeat(513)])(
    'refuses the environment key %j',
    async (environmentKey) => {
      await expect(openService({ environmentKey })).rejects.toMatchObject({
        code: 'invalid_environment_key',
      });
    },
  );
});

describe('last use', () => {
  it('is written at most once a minute for each key', async () => {
    const { service, clock, lastUses } = await openService();
    const { key } = await service.create({ name: 'one' });
    const firstUseMs = clock.nowMs;
    await Promise.all(Array.from({ length: 20 }, () => service.verify(key)));
    clock.nowMs += 59_999;
    await service.verify(key);
    expect(await lastUses()).toStrictEqual([firstUseMs]);
    clock.nowMs += 1;
    await service.verify(key);
    expect(await lastUses()).toStrictEqual([firstUseMs + 60_000]);
  });

  it('is written once by simultaneous requests', async () => {
    const { queries } = await openService();
    const store = createSqlKeyStore({ queries });
    let writes = 0;
    const touch: typeof store.touch = (id, atMs) => {
      writes += 1;
      return store.touch(id, atMs);
    };
    const service = createKeyService({
      store: { ...store, touch },
      environmentKey: undefined,
      now: () => 100_000,
    });
    const { key } = await service.create({ name: 'one' });
    await Promise.all(Array.from({ length: 20 }, () => service.verify(key)));
    expect(writes).toBe(1);
  });

  it('fails no request when the database is read-only, and tries again after a minute', async () => {
    const failures: unknown[] = [];
    const { queries, service, clock, lastUses } = await openService({
      onLastUseFailure: (error) => failures.push(error),
    });
    const { key } = await service.create({ name: 'one' });
    await sql`PRAGMA query_only = ON`.execute(queries);
    expect(await service.verify(key)).toBeDefined();
    expect(await service.verify(key)).toBeDefined();
    await expect.poll(() => failures).toMatchObject([{ name: 'StoreError', code: 'read_only' }]);
    await expect(service.create({ name: 'two' })).rejects.toMatchObject({ code: 'read_only' });
    await sql`PRAGMA query_only = OFF`.execute(queries);
    clock.nowMs += 60_000;
    await service.verify(key);
    expect(await lastUses()).toStrictEqual([clock.nowMs]);
  });

  it('fails no request when the disk is full', async () => {
    const failures: unknown[] = [];
    const { queries, service } = await openService({ onLastUseFailure: (error) => failures.push(error) });
    await sql`PRAGMA max_page_count = 100`.execute(queries);
    const keys: string[] = [];
    const fill = async () => {
      for (;;) {
        // Of many lengths, so that some page has no room for the time of a last use.
        keys.push((await service.create({ name: 'f'.repeat(1 + (keys.length % 97)) })).key);
      }
    };
    await expect(fill()).rejects.toMatchObject({ name: 'StoreError', code: 'full' });
    const identities = await Promise.all(keys.map((key) => service.verify(key)));
    expect(keys.length).toBeGreaterThan(10);
    expect(identities).not.toContain(undefined);
    await expect.poll(() => failures[0]).toMatchObject({ name: 'StoreError', code: 'full' });
  });
});

describe('revoke', () => {
  it('takes an id or a name', async () => {
    const { service, clock } = await openService();
    const one = await service.create({ name: 'one' });
    const two = await service.create({ name: 'two' });
    expect(await service.revoke(one.record.id)).toStrictEqual({ ...one.record, revokedAtMs: clock.nowMs });
    expect(await service.verify(one.key)).toBeUndefined();
    expect(await service.verify(two.key)).toBeDefined();
    await service.revoke('two');
    expect(await service.verify(two.key)).toBeUndefined();
  });

  it('says what is wrong', async () => {
    const { service } = await openService();
    const one = await service.create({ name: 'same' });
    const two = await service.create({ name: 'same' });
    const refusal = (idOrName: string) => service.revoke(idOrName).catch((error: unknown) => error);
    expect(await refusal('same')).toMatchObject({
      code: 'ambiguous_name',
      message: expect.stringContaining(two.record.id),
    });
    await service.revoke(one.record.id);
    expect(await refusal(one.record.id)).toMatchObject({ code: 'already_revoked' });
    // One of the two is left, so that the name is clear now.
    await service.revoke('same');
    expect(await service.verify(two.key)).toBeUndefined();
    expect(await refusal('same')).toMatchObject({ code: 'already_revoked' });
    expect(await refusal('nobody')).toMatchObject({ code: 'unknown_key' });
    expect(await refusal('environment')).toMatchObject({ code: 'environment_key' });
  });
});

it('there are at most as many keys and projects as allowed, and a deleted one makes room', async () => {
  const { service } = await openService({ counts: { keysMax: 3, projectsMax: 2 } });
  const made = await Promise.allSettled(
    Array.from({ length: 6 }, (_, index) => service.create({ name: `${index}` })),
  );
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  await expect(service.create({ name: 'more' })).rejects.toMatchObject({
    code: 'too_many_keys',
    message: 'There are 3 keys, which is the maximum. Delete some, or raise keysMax in the settings.',
  });
  const [first] = await service.list();
  await service.revoke(first?.id ?? '');
  await expect(service.create({ name: 'more' })).rejects.toMatchObject({ code: 'too_many_keys' });
  await service.remove(first?.id ?? '');
  await service.create({ name: 'more' });
  const project = await service.projects.create({ name: 'second' });
  await expect(service.projects.create({ name: 'third' })).rejects.toMatchObject({
    code: 'too_many_projects',
  });
  await service.projects.remove(project.id);
  await service.projects.create({ name: 'third' });
});
