import { lstat, rm } from 'node:fs/promises';
import { checkLibrary, findLeftovers } from './check-library.ts';
import type { LibraryLayout } from './library-layout.ts';
import type { LibraryCheckOptions, LibraryLeftover, LibraryRepair } from './library-report.ts';
import { linkShards } from './link-shards.ts';
import { readManifests } from './model-manifest.ts';
import { assertLibraryLock, withLibraryLock } from './with-library-lock.ts';

/** A partial download that nobody has written to for so long is not gone on with, in milliseconds. */
const partialAgeMsMax = 24 * 60 * 60 * 1000;

/**
 * Makes links anew and removes what belongs to no model. It removes no model: one whose file is gone stays listed, for
 * a person to pull it anew or to remove it.
 */
export async function repairLibrary(
  layout: LibraryLayout,
  options: LibraryCheckOptions = {},
): Promise<LibraryRepair> {
  const { removed, freedBytes } = await withLibraryLock(layout, async (lock) => {
    for (const { manifest } of await readManifests(layout)) {
      // Where a blob is missing there is nothing to link to, which the report says.
      if (manifest !== undefined) await linkShards(layout, manifest).catch(() => undefined);
    }
    await assertLibraryLock(lock);
    return removeLeftovers(await findLeftovers(layout));
  });
  return { report: await checkLibrary(layout, options), removed, freedBytes };
}

async function removeLeftovers(leftovers: readonly LibraryLeftover[]) {
  const removed: LibraryLeftover[] = [];
  let freedBytes = 0;
  for (const leftover of leftovers) {
    if (!(await isGarbage(leftover))) continue;
    const found = await lstat(leftover.path).catch(() => undefined);
    await rm(leftover.path, { recursive: true, force: true });
    removed.push(leftover);
    // What another name still holds, such as a file that was imported by a hard link, stays on the disk.
    if (found === undefined || found.isDirectory() || found.nlink === 1) freedBytes += leftover.sizeBytes;
  }
  return { removed, freedBytes };
}

async function isGarbage({ kind, path }: LibraryLeftover): Promise<boolean> {
  switch (kind) {
    case 'unnamed-blob':
    case 'unnamed-shards':
    case 'unfinished-write':
      return true;
    case 'partial-download': {
      const found = await lstat(path).catch(() => undefined);
      return found !== undefined && Date.now() - found.mtimeMs > partialAgeMsMax;
    }
    case 'unknown':
      return false;
  }
}
