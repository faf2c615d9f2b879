import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const besideSuffix = '.new';

/**
 * Writes to a temporary file and renames it, so that a reader sees the old or the new content, never a mix.
 * @param mode permissions; by default those of a new file
 */
export async function writeFileAtomically(path: string, content: string, mode?: number): Promise<void> {
  const besidePath = `${path}.${randomUUID()}${besideSuffix}`;
  try {
    const file = await open(besidePath, 'wx');
    try {
      if (mode !== undefined) await file.chmod(mode);
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

/** Removes temporary files `<prefix>…` in `folder` left by killed processes. */
export async function removeUnfinishedWrites(folder: string, prefix: string): Promise<void> {
  const files = await readdir(folder);
  const unfinished = files.filter((file) => file.startsWith(prefix) && file.endsWith(besideSuffix));
  await Promise.all(unfinished.map((file) => rm(join(folder, file), { force: true })));
}

/** Makes a rename inside `folder` survive a power cut. Windows can't open folders and does not need this. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
