import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes beside and renames, so that a reader sees the old content or the new, never a part of either. */
export async function writeFileAtomically(path: string, content: string): Promise<void> {
  const besidePath = `${path}.${randomUUID()}.new`;
  try {
    const file = await open(besidePath, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(besidePath, path);
  } catch (error) {
    await rm(besidePath, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes a rename inside `folder` survive a power cut. Windows cannot open folders, and needs no such step. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
