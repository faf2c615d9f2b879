import { expect, it } from 'vitest';
import type {
  CompletionMetadata,
  CompletionPage,
  StoredCompletion,
} from '../../src/store/completion-store.ts';
import { createSqlCompletionStore } from '../../src/store/sql/sql-completion-store.ts';
import { describeStores } from './describe-stores.ts';

const mine = { ownerId: 'key_1', kind: 'chat-completion' } as const;

function stored(id: string, changes: Partial<StoredCompletion> = {}): StoredCompletion {
  return {
    ...mine,
    id,
    model: 'a',
    createdAtMs: 1_000,
    metadata: {},
    inputText: '[]',
    outputText: '{}',
    ...changes,
  };
}

function idsOf(page: CompletionPage): string[] {
  if (page === 'unknown-after') throw new Error('The page has no beginning.');
  return page.completions.map(({ id }) => id);
}

describeStores('completion store', createSqlCompletionStore, (open) => {
  it('gives back what was inserted, to every connection', async () => {
    const { store, secondConnection } = await open();
    const completion = stored('a', {
      createdAtMs: 1_753_958_123_456,
      metadata: { __proto: 'x', "it's": '"; DROP TABLE stored_completions --' },
      inputText: '[{"content":"漢字 🦙\\u0000"}]',
      outputText: 'x'.repeat(100_000),
    });
    await store.insert(completion);
    expect(await secondConnection.find({ ...mine, id: 'a' })).toStrictEqual(completion);
  });

  it('refuses an id that is there already, whoever has it', async () => {
    const { store } = await open();
    await store.insert(stored('a'));
    await expect(store.insert(stored('a', { ownerId: 'key_2' }))).rejects.toThrow();
  });

  it.each([{ ownerId: 'key_2' }, { kind: 'response' }] as const)(
    'shows nothing of it to %j',
    async (change) => {
      const { store } = await open();
      await store.insert(stored('a'));
      const other = { ...mine, ...change };
      expect(await store.find({ ...other, id: 'a' })).toBeUndefined();
      expect(await store.setMetadata({ ...other, id: 'a' }, { b: 'c' })).toBeUndefined();
      expect(await store.remove({ ...other, id: 'a' })).toBe(false);
      expect(await store.list({ ...other, order: 'asc', limit: 9, after: 'a' })).toBe('unknown-after');
      expect(idsOf(await store.list({ ...other, order: 'asc', limit: 9 }))).toEqual([]);
      expect(await store.measure(other)).toEqual({ count: 0, bytes: 0 });
      await store.removeOldest(other, 9);
      expect(await store.find({ ...mine, id: 'a' })).toStrictEqual(stored('a'));
    },
  );

  it('lists pages in both directions, in the order of insertion', async () => {
    const { store } = await open();
    for (const id of ['c', 'a', 'b', 'd']) await store.insert(stored(id));
    const list = (order: 'asc' | 'desc', limit: number, after?: string) =>
      store.list({ ...mine, order, limit, after });
    expect(await list('asc', 3)).toMatchObject({ hasMore: true });
    expect(idsOf(await list('asc', 3))).toEqual(['c', 'a', 'b']);
    expect(await list('asc', 3, 'b')).toMatchObject({ hasMore: false });
    expect(idsOf(await list('asc', 3, 'b'))).toEqual(['d']);
    expect(idsOf(await list('desc', 2))).toEqual(['d', 'b']);
    expect(idsOf(await list('desc', 2, 'b'))).toEqual(['a', 'c']);
    expect(await list('asc', 4)).toMatchObject({ hasMore: false });
    expect(await list('asc', 4, 'nobody')).toBe('unknown-after');
  });

  it('lists by model and by metadata, whatever a key holds', async () => {
    const { store } = await open();
    const odd = `$."a'b]\\`;
    await store.insert(stored('a', { model: 'm', metadata: { [odd]: '1', x: 'y' } }));
    await store.insert(stored('b', { model: 'm', metadata: { [odd]: '2', x: 'y' } }));
    await store.insert(stored('c', { metadata: { x: 'y' } }));
    const list = async (more: object) =>
      idsOf(await store.list({ ...mine, order: 'asc', limit: 9, ...more }));
    expect(await list({ model: 'm' })).toEqual(['a', 'b']);
    expect(await list({ metadata: { x: 'y' } })).toEqual(['a', 'b', 'c']);
    expect(await list({ metadata: { x: 'y', [odd]: '2' } })).toEqual(['b']);
    expect(await list({ metadata: { y: 'x' } })).toEqual([]);
    expect(await list({ model: 'm', metadata: { [odd]: '1' }, after: 'a' })).toEqual([]);
  });

  it('takes no part of a text for a pair', async () => {
    const { store } = await open();
    await store.insert(stored('a', { metadata: { 'k{': ':"v","x":"y"', '"k': '\\"v' } }));
    const list = async (metadata: CompletionMetadata) =>
      idsOf(await store.list({ ...mine, order: 'asc', limit: 9, metadata }));
    for (const [key, value] of [
      ['x', 'y'],
      ['k', 'v'],
      ['k{', ''],
      [':', 'v'],
      ['k', '\\"v'],
    ] as const) {
      expect(await list({ [key]: value })).toEqual([]);
    }
    expect(await list({ '"k': '\\"v' })).toEqual(['a']);
  });

  it('finds nothing by a text that no database keeps', async () => {
    const { store } = await open();
    // In JSON both are escaped, and harm no filter.
    await store.insert(stored('a', { metadata: { '\0': '\ud800', '\ud800': '\0' } }));
    for (const id of ['\0', 'a\0', '\ud800']) {
      expect(await store.find({ ...mine, id })).toBeUndefined();
      expect(await store.remove({ ...mine, id })).toBe(false);
      expect(await store.list({ ...mine, order: 'asc', limit: 9, after: id })).toBe('unknown-after');
      expect(idsOf(await store.list({ ...mine, order: 'asc', limit: 9, model: id }))).toEqual([]);
      const metadata = { x: id, [id]: 'x' };
      expect(idsOf(await store.list({ ...mine, order: 'asc', limit: 9, metadata }))).toEqual([]);
    }
  });

  it('replaces metadata and removes', async () => {
    const { store } = await open();
    await store.insert(stored('a', { metadata: { old: '1' } }));
    const changed = stored('a', { metadata: { b: 'c' } });
    expect(await store.setMetadata({ ...mine, id: 'a' }, { b: 'c' })).toStrictEqual(changed);
    expect(await store.find({ ...mine, id: 'a' })).toStrictEqual(changed);
    expect(await store.remove({ ...mine, id: 'a' })).toBe(true);
    expect(await store.remove({ ...mine, id: 'a' })).toBe(false);
    expect(await store.find({ ...mine, id: 'a' })).toBeUndefined();
  });

  it('measures in bytes and removes the oldest, by order and by age', async () => {
    const { store } = await open();
    await store.insert(stored('z', { inputText: '"漢"', createdAtMs: 3 }));
    for (const id of ['y', 'x', 'w']) await store.insert(stored(id, { createdAtMs: 2 }));
    await store.insert(stored('other', { ownerId: 'key_2', createdAtMs: 1 }));
    expect(await store.measure(mine)).toEqual({ count: 4, bytes: 5 + 2 + 3 * 4 });
    await store.removeOldest(mine, 2);
    expect(idsOf(await store.list({ ...mine, order: 'asc', limit: 9 }))).toEqual(['x', 'w']);
    await store.removeMadeBefore(2);
    expect(await store.measure({ ...mine, ownerId: 'key_2' })).toEqual({ count: 0, bytes: 0 });
    expect(await store.measure(mine)).toMatchObject({ count: 2 });
  });
});
