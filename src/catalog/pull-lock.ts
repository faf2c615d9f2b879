/**
 * Allows one pull of a file at a time, across processes.
 *
 * The lock is a file that names its holder and is touched every few seconds. It is stale if its holder is a
 * dead process on this host, or if it was not touched for a while, because process ids are reused and mean
 * nothing in other containers that share the folder. A second file guards the takeover of a stale lock, and
 * the lock is checked again under it, so that two waiting processes never both take it over.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { isMissingFile } from './is-missing-file.ts';

export interface PullLockLimits {
  readonly touchEveryMs: number;
  /** A lock that was not touched for this long is stale, whatever its process id. */
  readonly staleAfterMs: number;
  readonly pollEveryMs: number;
}

export const defaultPullLockLimits: PullLockLimits = {
  touchEveryMs: 2_000,
  staleAfterMs: 20_000,
  pollEveryMs: 250,
};

export interface PullLock {
  /**
   * False after another process has taken over, for example because this one slept longer than
   * `staleAfterMs`.
   */
  isHeld(): Promise<boolean>;
  close(): Promise<void>;
}

export interface PullLockRequest {
  readonly path: string;
  readonly signal: AbortSignal;
  /** Called at each check while another process holds the lock. */
  readonly onWait: () => void;
  readonly limits: PullLockLimits;
}

const holderSchema = z.object({ pid: z.number().int(), host: z.string(), token: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** Waits until no other process holds the lock. Throws the signal's reason if aborted. */
export async function createPullLock({ path, signal, onWait, limits }: PullLockRequest): Promise<PullLock> {
  const holder: Holder = { pid: process.pid, host: hostname(), token: randomUUID() };
  for (;;) {
    signal.throwIfAborted();
    if (await createHolderFile(path, holder)) return toPullLock(path, holder, limits);
    if (await isStale(path, limits)) {
      await removeStaleLock(path, limits);
    } else {
      onWait();
      await sleep(limits.pollEveryMs, undefined, { signal });
    }
  }
}

function toPullLock(path: string, holder: Holder, limits: PullLockLimits): PullLock {
  const isHeld = async () => (await readHolder(path))?.token === holder.token;
  const touch = async () => {
    if (await isHeld()) await utimes(path, new Date(), new Date());
  };
  // If a touch fails, the lock becomes stale. `isHeld` is checked before anything is installed.
  const timer = setInterval(() => void touch().catch(() => undefined), limits.touchEveryMs);
  timer.unref();
  return {
    isHeld,
    close: async () => {
      clearInterval(timer);
      if (await isHeld()) await rm(path, { force: true });
    },
  };
}

async function removeStaleLock(path: string, limits: PullLockLimits): Promise<void> {
  const takeoverPath = `${path}.takeover`;
  const takeover = await openNew(takeoverPath);
  if (takeover === undefined) {
    // A process that died within these lines left the guard behind. Its age shows that.
    if (await isOlderThan(takeoverPath, limits.staleAfterMs)) await rm(takeoverPath, { force: true });
    else await sleep(limits.pollEveryMs);
    return;
  }
  try {
    await takeover.close();
    if (await isStale(path, limits)) await rm(path, { force: true });
  } finally {
    await rm(takeoverPath, { force: true });
  }
}

async function isStale(path: string, limits: PullLockLimits): Promise<boolean> {
  const holder = await readHolder(path);
  const isOurHost = holder?.host === hostname();
  if (holder !== undefined && isOurHost && !isAlive(holder.pid)) return true;
  return isOlderThan(path, limits.staleAfterMs);
}

/** Signal 0 only tests. A permission error means that the process exists. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function isOlderThan(path: string, ageMs: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > ageMs;
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}

async function createHolderFile(path: string, holder: Holder): Promise<boolean> {
  const file = await openNew(path);
  if (file === undefined) return false;
  try {
    await file.writeFile(JSON.stringify(holder));
  } finally {
    await file.close();
  }
  return true;
}

async function openNew(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
    throw error;
  }
}

/** Undefined if the lock is gone, or created but not written yet. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
