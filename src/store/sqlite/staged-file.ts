import { randomUUID } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError } from '../store-error.ts';

/** Makes an empty file beside the target, for its owner only, to be renamed when it is whole. */
export async function createStagedFile(target: string, folderMode?: number): Promise<string> {
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

/** What was written, or renamed in a folder, survives a power cut. Windows can't open folders, and needs no such step. */
export async function syncFile(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
