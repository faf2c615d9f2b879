import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError } from '../store-error.ts';

export interface FileReplacement {
  readonly target: string;
  /** Fills the staged file, which is empty and readable for its owner only. */
  readonly write: (staged: string) => Promise<void>;
  /** Runs when the staged file is safe on disk and the target still the old one. */
  readonly beforeReplacing?: () => Promise<void>;
  /** Makes the target's folder with this mode if it is missing. */
  readonly folderMode?: number;
}

/** The files that SQLite may leave next to an open database. */
const sqliteSuffixes = ['-wal', '-shm', '-journal'];

/**
 * Writes a file next to the target and then renames it over the target. The target always has the old or the
 * new content, even after a power cut.
 */
export async function replaceFile(replacement: FileReplacement): Promise<void> {
  const { target, write, beforeReplacing, folderMode } = replacement;
  const staged = await createStagedFile(target, folderMode);
  try {
    await write(staged);
    await syncFile(staged);
    await beforeReplacing?.();
    await rename(staged, target);
    await syncFile(dirname(target));
  } finally {
    for (const suffix of ['', ...sqliteSuffixes]) await rm(`${staged}${suffix}`, { force: true });
  }
}

async function createStagedFile(target: string, folderMode: number | undefined): Promise<string> {
  const staged = `${target}.${randomUUID()}.new`;
  try {
    if (folderMode !== undefined) await mkdir(dirname(target), { recursive: true, mode: folderMode });
    const handle = await open(staged, 'wx', 0o600);
    await handle.close();
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new StoreError('unavailable', `The file ${target} can't be written${reason}.`, error);
  }
  return staged;
}

/** Windows can't open folders, and needs no such step. */
async function syncFile(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
