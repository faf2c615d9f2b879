import { mkdir } from 'node:fs/promises';
import { createPullLock, type PullLock } from '../pull-lock.ts';
import type { LibraryLayout } from './library-layout.ts';
import { LibraryChangeError } from './model-library-error.ts';

/** Changes take milliseconds, so that another one is waited for with short looks. */
const limits = { touchEveryMs: 2_000, staleAfterMs: 20_000, pollEveryMs: 20 };

/** Only a hung process holds the lock this long. */
const waitMsMax = 120_000;

/**
 * Runs `change` while no other process or task changes manifests or blobs. If the holder is killed, the lock
 * is free, because its process is dead.
 */
export async function withLibraryLock<Result>(
  layout: LibraryLayout,
  change: (lock: PullLock) => Promise<Result>,
): Promise<Result> {
  await mkdir(layout.folder, { recursive: true });
  const lock = await createPullLock({
    path: layout.lock,
    signal: AbortSignal.timeout(waitMsMax),
    onWait: () => undefined,
    limits,
  });
  try {
    return await change(lock);
  } finally {
    await lock.close();
  }
}

/** To be asked before each step that can't be taken back: this process may have been suspended meanwhile. */
export async function assertLibraryLock(lock: PullLock): Promise<void> {
  if (await lock.isHeld()) return;
  throw new LibraryChangeError(
    'The change of the model library was suspended for so long that another process continued. Try again.',
  );
}
