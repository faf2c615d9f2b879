import { expect, onTestFinished, test, vi } from 'vitest';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import type { CompletionStore, StoredCompletion } from '../../store/completion-store.ts';
import { createSqlCompletionStore } from '../../store/sql/sql-completion-store.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import { StoreError } from '../../store/store-error.ts';
import {
  createStoredCompletionService,
  type StoredCompletionLimits,
  storedCompletionBytesMax,
} from './stored-completions.ts';

const mine = { ownerId: 'key_1', kind: 'response' } as const;
const dayMs = 24 * 60 * 60_000;

function stored(id: string, changes: Partial<StoredCompletion> = {}): StoredCompletion {
  const texts = { inputText: '[]', outputText: '{}' };
  return { ...mine, id, model: 'a', createdAtMs: 100 * dayMs, metadata: {}, ...texts, ...changes };
}

async function prepare(limits: Partial<StoredCompletionLimits> = {}, changes: Partial<CompletionStore> = {}) {
  const database = await openDatabase(`${createTemporaryFolder()}/gravix.db`);
  onTestFinished(() => database.close());
  const failures: [unknown, string | undefined][] = [];
  let nowMs = 100 * dayMs;
  const store = { ...createSqlCompletionStore(database), ...changes };
  const service = createStoredCompletionService({
    store,
    limits: {
      storedCompletionsMax: 100,
      storedCompletionsMbMax: 64,
      storedCompletionsDaysMax: 30,
      ...limits,
    },
    now: () => nowMs,
    onFailure: (error, id) => failures.push([error, id]),
  });
  onTestFinished(() => service.close());
  const listIds = async () =>
    (await service.list({ ...mine, order: 'asc', limit: 100 })).completions.map(({ id }) => id);
  const wait = (days: number) => {
    nowMs += days * dayMs;
  };
  return { service, store, failures, listIds, wait };
}

const place = { kind: 'stored-answer' } as const;
const notFound = { code: 'response_not_found', place };

test('what is kept can be read, changed and removed', async () => {
  const { service, failures } = await prepare();
  expect(await service.keep(stored('a'))).toBe(true);
  const reference = { ...mine, id: 'a', place };
  expect(await service.get(reference)).toEqual(stored('a'));
  expect(await service.setMetadata(reference, { b: 'c' })).toMatchObject({ metadata: { b: 'c' } });
  await service.remove(reference);
  await expect(service.get(reference)).rejects.toMatchObject(notFound);
  await expect(service.remove(reference)).rejects.toMatchObject(notFound);
  await expect(service.setMetadata(reference, {})).rejects.toMatchObject(notFound);
  expect(failures).toEqual([]);
});

test('an unknown place to begin at is named', async () => {
  const { service } = await prepare();
  await expect(service.list({ ...mine, order: 'asc', limit: 1, after: 'x' })).rejects.toMatchObject({
    code: 'response_not_found',
    place: { kind: 'list-start' },
  });
});

test('the newest are kept, of each key and each kind', async () => {
  const { service, listIds } = await prepare({ storedCompletionsMax: 3 });
  await service.keep(stored('other', { ownerId: 'key_2' }));
  await service.keep(stored('chat', { kind: 'chat-completion' }));
  for (const id of ['a', 'b', 'c', 'd', 'e']) await service.keep(stored(id));
  expect(await listIds()).toEqual(['c', 'd', 'e']);
  expect(await service.get({ ...mine, ownerId: 'key_2', id: 'other', place })).toBeDefined();
  expect(await service.get({ ...mine, kind: 'chat-completion', id: 'chat', place })).toBeDefined();
});

test('their bytes are bounded together, and those of one alone', async () => {
  const { service, listIds, failures } = await prepare({ storedCompletionsMbMax: 1 });
  const outputText = 'x'.repeat(400_000);
  for (const id of ['a', 'b', 'c']) expect(await service.keep(stored(id, { outputText }))).toBe(true);
  expect(await listIds()).toEqual(['b', 'c']);
  const huge = stored('huge', { outputText: 'x'.repeat(storedCompletionBytesMax) });
  expect(await service.keep(huge)).toBe(false);
  expect(failures).toEqual([[expect.objectContaining({ name: 'CompletionTooLargeError' }), 'huge']]);
  expect(await listIds()).toEqual(['b', 'c']);
});

test('what is too old is gone at once for its readers, and at the next removal for good', async () => {
  const { service, store, listIds, wait } = await prepare();
  await service.keep(stored('a'));
  wait(31);
  expect(await listIds()).toEqual([]);
  await expect(service.get({ ...mine, id: 'a', place })).rejects.toMatchObject(notFound);
  expect(await store.measure(mine)).toMatchObject({ count: 1 });
  await service.start();
  expect(await store.measure(mine)).toMatchObject({ count: 0 });
});

test('what cannot be kept is told, and nothing is thrown', async () => {
  const full = new StoreError('full', 'The disk is full.');
  const fail = vi.fn(async () => {
    throw full;
  });
  const { service, failures } = await prepare({}, { insert: fail, removeMadeBefore: fail });
  expect(await service.keep(stored('a'))).toBe(false);
  await service.start();
  expect(failures).toEqual([
    [full, 'a'],
    [full, undefined],
  ]);
});

test('a removal that fails does not undo what was kept', async () => {
  const full = new StoreError('full', 'The disk is full.');
  const { service, listIds, failures } = await prepare(
    {},
    {
      measure: async () => {
        throw full;
      },
    },
  );
  expect(await service.keep(stored('a'))).toBe(true);
  expect(await listIds()).toEqual(['a']);
  expect(failures).toEqual([[full, undefined]]);
});
