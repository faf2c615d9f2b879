import { describe, expect, it } from 'vitest';
import type { KeyStore, StoredKey } from '../../src/store/key-store.ts';
import { createSqlKeyStore } from '../../src/store/sql/sql-key-store.ts';
import { openSqliteTwice, type StorePair } from './open-sqlite-twice.ts';

interface Implementation {
  readonly name: string;
  readonly open: () => Promise<StorePair<KeyStore>>;
}

/** One row for each implementation of the contract. */
const implementations: readonly Implementation[] = [
  { name: 'sqlite', open: () => openSqliteTwice(createSqlKeyStore) },
];

function storedKey(id: string, changes: Partial<StoredKey> = {}): StoredKey {
  return {
    id,
    name: `name of ${id}`,
    hash: Buffer.from(id).toString('hex').padEnd(64, '0'),
    scope: 'inference',
    hint: 'gx-AbCd…',
    createdAtMs: 1_000,
    expiresAtMs: undefined,
    revokedAtMs: undefined,
    lastUsedAtMs: undefined,
    ...changes,
  };
}

describe.each(implementations)('key store: $name', ({ open }) => {
  it('gives back what was inserted, absent times included', async () => {
    const { store } = await open();
    const bare = storedKey('a', { name: `Zoë's "laptop"; DROP TABLE api_keys --` });
    const full = storedKey('b', {
      scope: 'admin',
      createdAtMs: 1_753_958_123_456,
      expiresAtMs: 8.64e15,
      revokedAtMs: 3,
      lastUsedAtMs: 4,
    });
    expect(await store.insert(bare)).toBe(true);
    expect(await store.insert(full)).toBe(true);
    expect(await store.findByHash(bare.hash)).toStrictEqual(bare);
    expect(await store.findByHash(full.hash)).toStrictEqual(full);
  });

  it('finds nothing for an unknown hash', async () => {
    const { store } = await open();
    await store.insert(storedKey('a'));
    expect(await store.findByHash('f'.repeat(64))).toBeUndefined();
    expect(await store.findByHash('')).toBeUndefined();
  });

  it('answers false to a hash that is there already and changes nothing', async () => {
    const { store, secondConnection } = await open();
    const key = storedKey('a');
    await store.insert(key);
    expect(await secondConnection.insert({ ...storedKey('b'), hash: key.hash })).toBe(false);
    expect(await store.list()).toStrictEqual([key]);
  });

  it('refuses a second key with the same id', async () => {
    const { store } = await open();
    await store.insert(storedKey('a'));
    await expect(store.insert(storedKey('a', { hash: 'e'.repeat(64) }))).rejects.toThrow();
  });

  it('lists oldest first, then by id', async () => {
    const { store } = await open();
    expect(await store.list()).toStrictEqual([]);
    for (const key of [
      storedKey('c', { createdAtMs: 2 }),
      storedKey('b', { createdAtMs: 1 }),
      storedKey('a', { createdAtMs: 2 }),
    ]) {
      await store.insert(key);
    }
    expect((await store.list()).map(({ id }) => id)).toStrictEqual(['b', 'a', 'c']);
  });

  it('revokes once, for every connection at once', async () => {
    const { store, secondConnection } = await open();
    const key = storedKey('a');
    await store.insert(key);
    await store.insert(storedKey('b'));
    expect(await store.findByHash(key.hash)).toStrictEqual(key);
    expect(await secondConnection.revoke('a', 50)).toBe(true);
    expect(await store.findByHash(key.hash)).toStrictEqual({ ...key, revokedAtMs: 50 });
    expect(await store.revoke('a', 60)).toBe(false);
    expect(await store.revoke('unknown', 60)).toBe(false);
    expect((await store.list()).map(({ revokedAtMs }) => revokedAtMs)).toStrictEqual([50, undefined]);
  });

  it('moves the last use forward only, and only that of the one key', async () => {
    const { store } = await open();
    await store.insert(storedKey('a'));
    await store.insert(storedKey('b'));
    const lastUses = async () => (await store.list()).map(({ lastUsedAtMs }) => lastUsedAtMs);
    await store.touch('a', 100);
    expect(await lastUses()).toStrictEqual([100, undefined]);
    await store.touch('a', 90);
    await store.touch('unknown', 90);
    expect(await lastUses()).toStrictEqual([100, undefined]);
    await store.touch('a', 110);
    expect(await lastUses()).toStrictEqual([110, undefined]);
  });
});
