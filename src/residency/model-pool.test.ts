import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createScriptedPoolModel as poolModel } from '../../test/scripted-pool-model.ts';
import { BackendError } from '../backend/backend-error.ts';
import type { ModelEvent } from './model-event.ts';
import { ModelPool } from './model-pool.ts';
import type { PoolBudget } from './plan-admission.ts';

const never = new AbortController().signal;

function createPool(budget: Partial<PoolBudget> = {}, limits = {}) {
  const events: ModelEvent[] = [];
  const pool = new ModelPool({
    budget: { modelMemoryBytesMax: 10, loadedModelsMax: 10, ...budget },
    limits: { waitersMax: 100, queueWaitMsMax: 60_000, retryAfterMs: 1000, ...limits },
    onEvent: (event) => events.push(event),
  });
  return { pool, log: () => events.map(({ type, model }) => `${type} ${model}`) };
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.catch((reason: unknown) => reason);
  return error instanceof BackendError ? error.code : error;
}

test('a hundred requests share one load', async () => {
  const { pool, log } = createPool();
  const a = poolModel('a', { isQuick: false });
  const leases = Array.from({ length: 100 }, () => pool.acquire(a, never));
  expect(a.loads).toHaveLength(1);
  expect(pool.isLoading('a')).toBe(true);
  a.loads[0]?.finish();
  const [first, ...others] = await Promise.all(leases);
  expect(new Set(others.map(({ backend }) => backend))).toEqual(new Set([first?.backend]));
  expect(log()).toEqual(['loading a', 'loaded a']);
});

test('the least recently used idle model leaves for one that does not fit beside it', async () => {
  const { pool, log } = createPool({ modelMemoryBytesMax: 10 });
  const [a, b, c] = [poolModel('a', { needBytes: 5 }), poolModel('b', { needBytes: 5 }), poolModel('c')];
  await pool.load(a, never);
  await sleep(2);
  await pool.load(b, never);
  await sleep(2);
  await pool.load(a, never);
  await pool.load(c, never);
  expect(log().slice(4)).toEqual(['unloading b', 'unloaded b', 'loading c', 'loaded c']);
  expect(pool.find('a')?.phase).toBe('resident');
  expect(b.loads[0]?.backend.state()).toBe('closed');
});

test('no more models are loaded than may be, whatever they need', async () => {
  const { pool } = createPool({ loadedModelsMax: 2 });
  for (const name of ['a', 'b', 'c', 'd']) await pool.load(poolModel(name), never);
  expect(['a', 'b', 'c', 'd'].filter((name) => pool.find(name) !== undefined)).toEqual(['c', 'd']);
});

test('a busy model finishes what it has begun before it leaves, and its next request stands in line', async () => {
  const { pool, log } = createPool({ loadedModelsMax: 1 });
  const [a, b] = [poolModel('a'), poolModel('b')];
  const running = await pool.acquire(a, never);
  const waitingB = pool.acquire(b, never);
  const waitingA = pool.acquire(a, never);
  const continued = await pool.acquire(a, never, true);
  expect(continued.backend).toBe(running.backend);
  expect(b.loads).toHaveLength(0);
  running.release();
  expect(log()).toEqual(['loading a', 'loaded a', 'unloading a']);
  continued.release();
  (await waitingB).release();
  (await waitingA).release();
  expect(log().slice(3)).toEqual([
    ...['unloaded a', 'loading b', 'loaded b'],
    ...['unloading b', 'unloaded b', 'loading a', 'loaded a'],
  ]);
});

test('a pinned model never leaves: what does not fit beside it is refused at once', async () => {
  const { pool } = createPool({ modelMemoryBytesMax: 10 });
  await pool.load(poolModel('pinned', { needBytes: 6, isPinned: true }), never);
  expect(await codeOf(pool.load(poolModel('large', { needBytes: 5 }), never))).toBe('insufficient_memory');
  await pool.load(poolModel('small', { needBytes: 4 }), never);
  expect(pool.find('pinned')?.phase).toBe('resident');
});

test('a model that is larger than the budget makes nobody leave', async () => {
  const { pool } = createPool({ modelMemoryBytesMax: 10 });
  await pool.load(poolModel('a'), never);
  const huge = poolModel('huge', { needBytes: 11 });
  expect(await codeOf(pool.acquire(huge, never))).toBe('insufficient_memory');
  expect(huge.loads).toHaveLength(0);
  expect(pool.find('a')?.phase).toBe('resident');
});

test('an engine that finds less memory than expected makes another model leave, and is tried again', async () => {
  const { pool, log } = createPool();
  const [a, b] = [poolModel('a'), poolModel('b', { isQuick: false })];
  await pool.load(a, never);
  const loading = pool.load(b, never);
  b.loads[0]?.fail(new BackendError('insufficient_memory', 'It does not fit.'));
  await expect.poll(() => b.loads).toHaveLength(2);
  b.loads[1]?.finish();
  await loading;
  expect(log().slice(2)).toEqual([...['loading b', 'unloading a', 'unloaded a', 'loading b', 'loaded b']]);
});

test('a failed load is told to everyone who waits, and is not repeated for each of them', async () => {
  const { pool, log } = createPool();
  const a = poolModel('a', { isQuick: false });
  const waiting = [codeOf(pool.acquire(a, never)), codeOf(pool.acquire(a, never))];
  a.loads[0]?.fail(new BackendError('insufficient_memory', 'It does not fit.'));
  expect(await Promise.all(waiting)).toEqual(['insufficient_memory', 'insufficient_memory']);
  expect(await codeOf(pool.acquire(a, never))).toBe('insufficient_memory');
  expect(a.loads).toHaveLength(1);
  expect(pool.hasFailed('a')).toBe(true);
  expect(log()).toEqual(['loading a', 'load-failed a']);
});

test('who waits too long is told to come again, who leaves is forgotten, and nobody holds a lease for them', async () => {
  const { pool } = createPool({}, { queueWaitMsMax: 20, waitersMax: 2 });
  const a = poolModel('a', { isQuick: false, keepAliveMs: 0 });
  const leaving = new AbortController();
  const left = pool.acquire(a, leaving.signal).catch((error: unknown) => error);
  const late = codeOf(pool.acquire(a, never));
  expect(await codeOf(pool.acquire(a, never))).toBe('overloaded');
  leaving.abort('gone');
  expect(await left).toBe('gone');
  expect(await late).toBe('model_loading');
  a.loads[0]?.finish();
  // Nobody holds it, so that its time to live, which is none, ends it.
  await expect.poll(() => a.loads[0]?.backend.state()).toBe('closed');
});

test('a model that nobody waits for any more is not loaded when its turn comes', async () => {
  const { pool } = createPool({ loadedModelsMax: 1 });
  const [a, b, c] = [poolModel('a'), poolModel('b'), poolModel('c')];
  const running = await pool.acquire(a, never);
  const leaving = new AbortController();
  const left = pool.acquire(b, leaving.signal).catch(() => undefined);
  const waiting = pool.acquire(c, never);
  leaving.abort();
  await left;
  running.release();
  await waiting;
  expect(b.loads).toHaveLength(0);
});

test('an idle model is unloaded after its time to live, which a load may change', async () => {
  const { pool } = createPool();
  const a = poolModel('a', { keepAliveMs: 10 });
  const lease = await pool.acquire(a, never);
  await sleep(40);
  expect(pool.find('a')?.phase).toBe('resident');
  lease.release();
  await expect.poll(() => pool.find('a')).toBeUndefined();
  await pool.load(a, never, Infinity);
  await sleep(40);
  expect(pool.find('a')?.phase).toBe('resident');
  await pool.unload('a');
  expect(pool.find('a')).toBeUndefined();
});

test('a close refuses who waits, ends what loads and what is loaded, and lets nothing in', async () => {
  const { pool } = createPool();
  const [a, b] = [poolModel('a'), poolModel('b', { isQuick: false })];
  await pool.load(a, never);
  const waiting = codeOf(pool.acquire(b, never));
  await pool.close(0);
  expect(await waiting).toBe('overloaded');
  expect([a.loads[0]?.backend.state(), b.loads[0]?.backend.state()]).toEqual(['closed', 'closed']);
  expect(await codeOf(pool.acquire(b, never))).toBe('overloaded');
});

test('a model that has lost its files leaves, refuses with the reason, and is loaded when they are back', async () => {
  const { pool, log } = createPool();
  let hasFiles = true;
  const a = poolModel('a', {
    hasFiles: async () => hasFiles,
    prepare: async () => {
      if (!hasFiles) throw new BackendError('model_unavailable', 'Its files are gone.');
    },
  });
  const running = await pool.acquire(a, never);
  hasFiles = false;
  expect(await codeOf(pool.acquire(a, never))).toBe('model_unavailable');
  expect(pool.hasFailed('a')).toBe(true);
  // What belongs to a request that runs goes on with it.
  (await pool.acquire(a, never, true)).release();
  running.release();
  await expect.poll(() => pool.find('a')).toBeUndefined();
  expect(await codeOf(pool.acquire(a, never))).toBe('model_unavailable');
  hasFiles = true;
  pool.noteFiles('a', true);
  (await pool.acquire(a, never)).release();
  expect(pool.hasFailed('a')).toBe(false);
  expect(log()).toEqual([
    'loading a',
    'loaded a',
    'unloading a',
    'unloaded a',
    'loading a',
    'load-failed a',
    'loading a',
    'loaded a',
  ]);
});

test('a load has none of the limits of requests that wait', async () => {
  const { pool } = createPool({}, { queueWaitMsMax: 5, waitersMax: 0 });
  const a = poolModel('a', { isQuick: false });
  const loading = pool.load(a, never);
  expect(await codeOf(pool.acquire(a, never))).toBe('overloaded');
  await sleep(30);
  a.loads[0]?.finish();
  await loading;
  expect(pool.find('a')?.phase).toBe('resident');
});

test('what has no room says the numbers and the setting', async () => {
  const reasonOf = (promise: Promise<unknown>) => promise.then(String, (error: Error) => error.message);
  const { pool } = createPool({ modelMemoryBytesMax: 3e9 });
  expect(await reasonOf(pool.load(poolModel('huge', { needBytes: 4.26e9 }), never))).toBe(
    'The model huge needs about 4.26 GB of memory, and all models together may have 3.00 GB (modelMemoryBytesMax). Fewer slots or a shorter contextLength need less.',
  );
  await pool.load(poolModel('pinned', { needBytes: 2e9, isPinned: true }), never);
  expect(await reasonOf(pool.load(poolModel('large', { needBytes: 1.5e9 }), never))).toContain(
    'may have 3.00 GB (modelMemoryBytesMax), of which the pinned ones (pinned) take 2.00 GB.',
  );
  const { pool: small } = createPool({ loadedModelsMax: 1 });
  await small.load(poolModel('first', { isPinned: true }), never);
  expect(await reasonOf(small.load(poolModel('second'), never))).toBe(
    "The model second can't be loaded: at most 1 models may be loaded (loadedModelsMax), and these are pinned: first.",
  );
});
