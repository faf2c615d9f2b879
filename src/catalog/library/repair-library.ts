import { lstat, rm } from 'node:fs/promises';
import { checkLibrary, findLeftovers } from './check-library.ts';
import type { LibraryLayout } from './library-layout.ts';
import type { LibraryCheckOptions, LibraryLeftover, LibraryRepair } from './library-report.ts';
import { linkShards } from './link-shards.ts';
import { readManifests } from './model-manifest.ts';
import { assertLibraryLock, withLibraryLock } from './with-library-lock.ts';

/** A partial download that was not written for this long is not resumed, in milliseconds. */
const partialAgeMsMax = 24 * 60 * 60 * 1000;

/**
 * Recreates links and deletes unused files. It never removes a model: one with a missing file stays listed
 * until it is pulled again or removed.
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
    // A file with another hard link, such as an imported one, stays on the disk.
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
