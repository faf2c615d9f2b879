import { spawnSync } from 'node:child_process';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestFolder } from '../../test/catalog/sample-model.ts';
import { createPullLock, type PullLock } from './pull-lock.ts';

const limits = { touchEveryMs: 50, staleAfterMs: 600, pollEveryMs: 10 };

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let path: string;

beforeEach(async () => {
  folder = await createTestFolder();
  path = join(folder.path, 'model.lock');
});
afterEach(() => folder.close());

function lock(changes: Partial<Parameters<typeof createPullLock>[0]> = {}): Promise<PullLock> {
  const signal = AbortSignal.timeout(5_000);
  return createPullLock({ path, signal, onWait: () => undefined, limits, ...changes });
}

function writeHolder(pid: number, host = hostname()): Promise<void> {
  return writeFile(path, JSON.stringify({ pid, host, token: 'another' }));
}

/** A process id that belonged to a process a moment ago. */
function createDeadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

test('a second lock waits until the first is closed, however long that is held', async () => {
  const first = await lock();
  let waits = 0;
  const second = lock({ onWait: () => waits++ });
  await sleep(limits.staleAfterMs * 1.5);
  expect(await first.isHeld()).toBe(true);
  await first.close();
  const held = await second;
  expect(waits).toBeGreaterThan(5);
  expect(await held.isHeld()).toBe(true);
  await held.close();
  expect(await readdir(folder.path)).toEqual([]);
});

test('an abort ends the waiting with its reason', async () => {
  const first = await lock();
  const stop = new AbortController();
  const second = lock({ signal: stop.signal });
  stop.abort();
  await expect(second).rejects.toThrow(/abort/i);
  await first.close();
});

test('the lock of a dead process is taken over at once', async () => {
  await writeHolder(createDeadPid());
  const startedAtMs = performance.now();
  const held = await lock();
  expect(performance.now() - startedAtMs).toBeLessThan(limits.staleAfterMs);
  await held.close();
});

test('a process id of another host says nothing; its silence does', async () => {
  await writeHolder(createDeadPid(), 'another-host');
  const startedAtMs = performance.now();
  const held = await lock();
  expect(performance.now() - startedAtMs).toBeGreaterThan(limits.staleAfterMs * 0.9);
  await held.close();
});

test('a lock that was made but never written is taken over when it is old', async () => {
  await writeFile(path, '');
  const held = await lock();
  expect(await held.isHeld()).toBe(true);
  await held.close();
});

test('a holder that was silent too long loses the lock, sees it, and leaves the new one alone', async () => {
  const first = await lock({ limits: { ...limits, touchEveryMs: 60_000 } });
  await utimes(path, 1_000, 1_000);
  const second = await lock();
  expect(await first.isHeld()).toBe(false);
  await first.close();
  expect(await second.isHeld()).toBe(true);
  await second.close();
});

test('a guard that somebody left behind does not block for ever', async () => {
  await writeHolder(createDeadPid());
  await writeFile(`${path}.takeover`, '');
  const held = await lock();
  await held.close();
  expect(await readdir(folder.path)).toEqual([]);
});

test('of many that take over one stale lock, one at a time holds it', async () => {
  const deadPid = createDeadPid();
  let holders = 0;
  let holdersMax = 0;
  // They start a moment apart, so that one looks while another takes over.
  const work = async () => {
    await sleep(Math.random() * 4);
    const held = await lock();
    holders++;
    holdersMax = Math.max(holdersMax, holders);
    await sleep(5);
    holders--;
    await held.close();
  };
  for (let round = 0; round < 25; round++) {
    await writeHolder(deadPid);
    await Promise.all(Array.from({ length: 6 }, work));
  }
  expect(holdersMax).toBe(1);
});
