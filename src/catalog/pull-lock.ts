/**
 * One pull of a file at a time, across processes.
 *
 * The lock is a file that names its holder and is touched every few seconds. It is stale when its holder is
 * a dead process of this host, or when it was not touched for a while: process ids are reused, and mean
 * nothing in another container that shares the folder. Taking over a stale lock is itself guarded by a
 * second file and looks again under it, so that two waiting processes never both think they have won.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { isMissingFile } from './is-missing-file.ts';

export interface PullLockLimits {
  readonly touchEveryMs: number;
  /** A lock untouched for so long belongs to nobody, whatever its process id says. */
  readonly staleAfterMs: number;
  readonly pollEveryMs: number;
}

export const defaultPullLockLimits: PullLockLimits = {
  touchEveryMs: 2_000,
  staleAfterMs: 20_000,
  pollEveryMs: 250,
};

export interface PullLock {
  /** False once another process has taken over, as after this one slept for longer than `staleAfterMs`. */
  isHeld(): Promise<boolean>;
  close(): Promise<void>;
}

export interface PullLockRequest {
  readonly path: string;
  readonly signal: AbortSignal;
  /** Called at each look while another process holds the lock. */
  readonly onWait: () => void;
  readonly limits: PullLockLimits;
}

const holderSchema = z.object({ pid: z.number().int(), host: z.string(), token: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** Waits until no other process holds the lock; ends with the signal's reason when that is aborted. */
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
  // A touch that fails leaves the lock to grow stale; `isHeld` is asked before anything is installed.
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
    // Whoever died inside these few lines left the guard behind; its age tells.
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

/** Signal 0 only asks; a refusal for want of rights means that the process is there. */
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

/** Undefined when the lock is gone, or was made but not yet written. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
