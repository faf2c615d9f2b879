import { lstat, rm } from 'node:fs/promises';
import { syncFolder } from '../write-file-atomically.ts';
import { type LibraryLayout, toBlobPath } from './library-layout.ts';
import { readManifests } from './model-manifest.ts';

/** The checksums that any manifest names. Of one that we can't read every one that its text holds counts. */
export async function collectNamedBlobs(layout: LibraryLayout): Promise<ReadonlySet<string>> {
  const manifests = await readManifests(layout);
  return new Set(manifests.flatMap(({ text }) => text.match(/[0-9a-f]{64}/g) ?? []));
}

/**
 * Deletes the given files unless a manifest uses them. Call it only while holding the library lock. Returns
 * the freed bytes: 0 for a link, or for a file with other hard links.
 */
export async function collectUnnamedBlobs(
  layout: LibraryLayout,
  files: readonly { readonly sha256: string }[],
): Promise<number> {
  const named = await collectNamedBlobs(layout);
  const unnamed = new Set(files.map(({ sha256 }) => sha256).filter((sha256) => !named.has(sha256)));
  let freedBytes = 0;
  for (const sha256 of unnamed) freedBytes += await removeBlob(toBlobPath(layout, sha256));
  if (unnamed.size > 0) await syncFolder(layout.blobs);
  return freedBytes;
}

async function removeBlob(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return 0;
  await rm(path, { force: true });
  return found.isFile() && found.nlink === 1 ? found.size : 0;
}
