import { expect, test } from 'vitest';
import { createScriptedPoolModel } from '../../test/scripted-pool-model.ts';
import { ModelPool } from '../residency/model-pool.ts';
import { createModelMemory } from './model-memory.ts';

const never = new AbortController().signal;

function openMemory() {
  const budget = { modelMemoryBytesMax: 10, loadedModelsMax: 3 };
  const limits = { waitersMax: 9, queueWaitMsMax: 60_000, retryAfterMs: 1000 };
  const pool = new ModelPool({ budget, limits, onEvent: () => undefined });
  const pinned = new Set<string>();
  const toModel = (name: string, needBytes: number) => {
    const model = createScriptedPoolModel(name, { needBytes });
    return Object.defineProperty(model, 'isPinned', { get: () => pinned.has(name) });
  };
  const models = new Map([
    ['six', toModel('six', 6)],
    ['five', toModel('five', 5)],
    ['four', toModel('four', 4)],
    ['huge', toModel('huge', 11)],
  ]);
  const memory = createModelMemory({ pool, find: (name) => models.get(name), pinned, budget });
  return { pool, memory, load: (name: string) => pool.load(models.get(name)!, never) };
}

test('it says what fits, with what is in memory', async () => {
  const { memory, load } = openMemory();
  const fits = () => ['six', 'five', 'four', 'huge'].map((name) => memory.inspect(name)?.fit);
  expect(fits()).toEqual(['free', 'free', 'free', 'never']);
  await load('six');
  expect(fits()).toEqual(['loaded', 'after-unloading', 'free', 'never']);
  expect(memory.totals()).toMatchObject({
    limitBytes: 10,
    usedBytes: 6,
    loadedModels: 1,
    loadedModelsMax: 3,
  });
  expect(memory.inspect('none')).toBeUndefined();
});

test('a pinned model makes no room for another, until it is unpinned', async () => {
  const { pool, memory, load } = openMemory();
  await load('six');
  memory.setPinned('six', true);
  expect(memory.inspect('six')).toMatchObject({ isPinned: true, needBytes: 6 });
  expect(memory.inspect('five')?.fit).toBe('never');
  await expect(load('five')).rejects.toMatchObject({ code: 'insufficient_memory' });
  memory.setPinned('six', false);
  expect(memory.inspect('five')?.fit).toBe('after-unloading');
  expect(pool.find('six')?.phase).toBe('resident');
});
