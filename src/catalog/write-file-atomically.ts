import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const besideSuffix = '.new';

/** Writes beside and renames, so that a reader sees the old content or the new, never a part of either. */
export async function writeFileAtomically(path: string, content: string): Promise<void> {
  const besidePath = `${path}.${randomUUID()}${besideSuffix}`;
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

/** Removes what writers of `<prefix>…` left in `folder` when they were killed. */
export async function removeUnfinishedWrites(folder: string, prefix: string): Promise<void> {
  const files = await readdir(folder);
  const unfinished = files.filter((file) => file.startsWith(prefix) && file.endsWith(besideSuffix));
  await Promise.all(unfinished.map((file) => rm(join(folder, file), { force: true })));
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
