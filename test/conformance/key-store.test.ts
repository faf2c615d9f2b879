import { expect, it } from 'vitest';
import type { AuditEntry } from '../../src/store/audit-entry.ts';
import type { AuditQuery } from '../../src/store/key-store.ts';
import { createSqlKeyStore } from '../../src/store/sql/sql-key-store.ts';
import type { StoredProject } from '../../src/store/stored-key.ts';
import { createStoredKey, insertStoredKey } from '../stored-key.ts';
import { describeStores } from './describe-stores.ts';

describeStores('key store', createSqlKeyStore, (open) => {
  it('gives back what was inserted, absent times included', async () => {
    const { store } = await open();
    const bare = createStoredKey('a', { name: `Zoë's "laptop"; DROP TABLE api_keys --` });
    const full = createStoredKey('b', {
      scopes: ['admin', 'metrics'],
      models: ['a*', 'hf:owner/"quoted"'],
      limits: { requestsPerMinute: 1, tokensPerDay: 10 ** 12 },
      budget: {
        amountNano: 9 * 10 ** 15,
        currency: 'USD',
        period: 'week',
        override: { tokens: 2, untilMs: 5 },
      },
      metadata: { __proto: 'x', 'a b': "'" },
      previousHash: 'c'.repeat(64),
      previousUntilMs: 1,
      createdAtMs: 1_753_958_123_456,
      expiresAtMs: 8.64e15,
      disabledAtMs: 2,
      revokedAtMs: 3,
      lastUsedAtMs: 4,
    });
    expect(await insertStoredKey(store, bare)).toBe(true);
    expect(await insertStoredKey(store, full)).toBe(true);
    expect(await store.findByHash(bare.hash)).toStrictEqual(bare);
    expect(await store.findByHash(full.hash)).toStrictEqual(full);
  });

  it('finds nothing for an unknown hash', async () => {
    const { store } = await open();
    await insertStoredKey(store, createStoredKey('a'));
    expect(await store.findByHash('f'.repeat(64))).toBeUndefined();
    expect(await store.findByHash('')).toBeUndefined();
  });

  it('answers false to a hash that is there already and changes nothing', async () => {
    const { store, secondConnection } = await open();
    const key = createStoredKey('a');
    await insertStoredKey(store, key);
    expect(await insertStoredKey(secondConnection, { ...createStoredKey('b'), hash: key.hash })).toBe(false);
    expect(await store.list()).toStrictEqual([key]);
  });

  it('refuses a second key with the same id', async () => {
    const { store } = await open();
    await insertStoredKey(store, createStoredKey('a'));
    await expect(insertStoredKey(store, createStoredKey('a', { hash: 'e'.repeat(64) }))).rejects.toThrow();
  });

  it('lists oldest first, then by the bytes of the id', async () => {
    const { store } = await open();
    expect(await store.list()).toStrictEqual([]);
    for (const key of [
      createStoredKey('c', { createdAtMs: 2 }),
      createStoredKey('b', { createdAtMs: 1 }),
      createStoredKey('a', { createdAtMs: 2 }),
      createStoredKey('B', { createdAtMs: 2 }),
    ]) {
      await insertStoredKey(store, key);
    }
    expect((await store.list()).map(({ id }) => id)).toStrictEqual(['b', 'B', 'a', 'c']);
  });

  it('replaces a key but for its last use, for every connection at once', async () => {
    const { store, secondConnection } = await open();
    const key = createStoredKey('a');
    await insertStoredKey(store, key);
    await insertStoredKey(store, createStoredKey('b'));
    await store.touch('a', 7);
    const changed = createStoredKey('a', {
      name: 'changed',
      hash: 'd'.repeat(64),
      previousHash: key.hash,
      previousUntilMs: 60,
      revokedAtMs: 50,
    });
    await secondConnection.change((transaction) => transaction.replaceKey(changed));
    const kept = { ...changed, lastUsedAtMs: 7 };
    expect(await store.findByHash(key.hash)).toStrictEqual(kept);
    expect(await store.findByHash(changed.hash)).toStrictEqual(kept);
    expect((await store.list()).map(({ revokedAtMs }) => revokedAtMs)).toStrictEqual([50, undefined]);
  });

  it('shows no deleted key but to who asks by its hash', async () => {
    const { store } = await open();
    const key = createStoredKey('a', { deletedAtMs: 5 });
    await insertStoredKey(store, key);
    expect(await store.list()).toStrictEqual([]);
    expect(await store.findOwned('a')).toBeUndefined();
    expect(await store.change((transaction) => transaction.findKey('a'))).toBeUndefined();
    expect(await store.change((transaction) => transaction.listKeys())).toStrictEqual([]);
    expect(await store.findByHash(key.hash)).toStrictEqual(key);
    expect(await store.hasKeys()).toBe(true);
  });

  it('changes together or not at all, and counts only what was changed', async () => {
    const { store, secondConnection } = await open();
    expect(await store.hasKeys()).toBe(false);
    const revision = await secondConnection.readRevision();
    const failing = store.change(async (transaction) => {
      await transaction.insertKey(createStoredKey('a'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await store.list()).toStrictEqual([]);
    expect(await secondConnection.readRevision()).toBe(revision);
    await insertStoredKey(store, createStoredKey('a'));
    expect(await secondConnection.readRevision()).toBeGreaterThan(revision);
  });

  it('keeps the first check secret for everyone', async () => {
    const { store, secondConnection } = await open();
    expect(await store.readCheckSecret('one')).toBe('one');
    expect(await secondConnection.readCheckSecret('two')).toBe('one');
  });

  it('keeps the hashes of keys without a check', async () => {
    const { store } = await open();
    const key = createStoredKey('a');
    await store.change(async (transaction) => {
      await transaction.insertKey(key);
      await transaction.insertUncheckedHash({ hash: key.hash, keyId: 'a' });
      await transaction.insertUncheckedHash({ hash: key.hash, keyId: 'a' });
    });
    expect(await store.listUncheckedHashes()).toStrictEqual([{ hash: key.hash, keyId: 'a' }]);
  });

  it('lists pages of keys in both directions, behind deleted ones too', async () => {
    const { store } = await open();
    const ids = ['d', 'a', 'c', 'b'];
    for (const [at, id] of ids.entries()) {
      await insertStoredKey(store, createStoredKey(id, { createdAtMs: at < 2 ? 1 : 2 }));
    }
    const list = async (order: 'asc' | 'desc', limit: number, after?: string) => {
      const page = await store.listPage({ order, limit, after });
      return page === 'unknown-after' ? page : [page.items.map(({ id }) => id).join(''), page.hasMore];
    };
    expect(await list('asc', 3)).toStrictEqual(['adb', true]);
    expect(await list('asc', 3, 'b')).toStrictEqual(['c', false]);
    expect(await list('desc', 2)).toStrictEqual(['cb', true]);
    expect(await list('desc', 2, 'b')).toStrictEqual(['da', false]);
    expect(await list('asc', 4, 'nobody')).toBe('unknown-after');
    const deleted = createStoredKey('d', { deletedAtMs: 9, createdAtMs: 1 });
    await store.change((transaction) => transaction.replaceKey(deleted));
    expect(await list('asc', 4)).toStrictEqual(['abc', false]);
    expect(await list('asc', 4, 'd')).toStrictEqual(['bc', false]);
  });

  it('keeps projects, and says of a key whose it is', async () => {
    const { store, secondConnection } = await open();
    expect(await store.listProjects()).toMatchObject([{ id: 'default', name: 'default' }]);
    const project: StoredProject = {
      id: 'proj_1',
      name: `it's "mine"`,
      limits: { concurrentRequests: 3 },
      budget: { tokens: 5, period: 'total' },
      metadata: { a: 'b' },
      createdAtMs: Number.MAX_SAFE_INTEGER,
      deletedAtMs: undefined,
    };
    await store.change((transaction) => transaction.insertProject(project));
    const key = createStoredKey('a', { projectId: 'proj_1' });
    await insertStoredKey(store, key);
    await insertStoredKey(store, createStoredKey('b'));
    expect(await secondConnection.findProject('proj_1')).toStrictEqual(project);
    const { id, name, limits, budget } = project;
    expect(await store.findOwned('a')).toStrictEqual({ key, project: { id, name, limits, budget } });
    expect(await store.listPage({ order: 'asc', limit: 9, projectId: 'proj_1' })).toStrictEqual({
      items: [key],
      hasMore: false,
    });
    expect(await store.listProjectPage({ order: 'desc', limit: 1 })).toStrictEqual({
      items: [project],
      hasMore: true,
    });
    expect(await store.listProjectPage({ order: 'asc', limit: 9, after: 'nobody' })).toBe('unknown-after');
    const named = await store.change((transaction) => transaction.findProjectByName(project.name));
    expect(named).toStrictEqual(project);
    const renamed = { ...project, name: 'other', deletedAtMs: 4 };
    await store.change((transaction) => transaction.replaceProject(renamed));
    expect(await store.findProject('proj_1')).toBeUndefined();
    // The name of a deleted project is free.
    await store.change((transaction) =>
      transaction.insertProject({ ...project, id: 'proj_2', name: 'other' }),
    );
  });

  it('refuses a key of no project, and two projects of one name', async () => {
    const { store } = await open();
    await expect(insertStoredKey(store, createStoredKey('a', { projectId: 'none' }))).rejects.toThrow();
    const named = { id: 'proj_1', name: 'default', limits: {}, metadata: {}, createdAtMs: 1 };
    const project = { ...named, budget: undefined, deletedAtMs: undefined };
    await expect(store.change((transaction) => transaction.insertProject(project))).rejects.toThrow();
  });

  it('keeps the log of changes in the order in which they were made', async () => {
    const { store } = await open();
    const entry = (id: string, objectId: string): AuditEntry => ({
      id,
      atMs: 5,
      actor: { kind: 'key', id: 'key_1', name: "it's" },
      action: 'key.updated',
      objectId,
      objectName: 'a',
      changes: { limits: { requestsPerDay: 1 }, models: null },
    });
    const entries = [entry('c', 'key_1'), entry('a', 'key_2'), entry('b', 'key_1')];
    await store.change(async (transaction) => {
      for (const one of entries) await transaction.insertAuditEntry(one);
    });
    const list = async (query: Omit<AuditQuery, 'limit'>, limit = 9) => {
      const page = await store.listAuditPage({ limit, ...query });
      return page === 'unknown-after' ? page : page.items;
    };
    expect(await list({ order: 'asc' })).toStrictEqual(entries);
    expect(await list({ order: 'desc', after: 'b' })).toStrictEqual([entries[1], entries[0]]);
    expect(await list({ order: 'asc', objectId: 'key_1' })).toStrictEqual([entries[0], entries[2]]);
    expect(await list({ order: 'asc', after: 'nobody' })).toBe('unknown-after');
  });

  it('moves the last use forward only, and only that of the one key', async () => {
    const { store } = await open();
    await insertStoredKey(store, createStoredKey('a'));
    await insertStoredKey(store, createStoredKey('b'));
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
