import { rm } from 'node:fs/promises';
import { syncFolder } from '../write-file-atomically.ts';
import { collectUnnamedBlobs } from './collect-unnamed-blobs.ts';
import { type LibraryLayout, toManifestPath, toShardsFolder } from './library-layout.ts';
import { ModelNotInstalledError } from './model-library-error.ts';
import { readManifest, readManifests } from './model-manifest.ts';
import { assertLibraryLock, withLibraryLock } from './with-library-lock.ts';

export interface Removal {
  /** The freed bytes. Other models or programs may still hold files of this model. */
  readonly freedBytes: number;
}

/**
 * Deletes the manifest first. From then on the model is not installed, and a kill leaves only unused files.
 * @throws ModelNotInstalledError
 */
export function removeModel(layout: LibraryLayout, name: string): Promise<Removal> {
  return withLibraryLock(layout, async (lock) => {
    const path = toManifestPath(layout, name);
    const manifest = (await readManifest(path))?.manifest;
    if (manifest === undefined) throw new ModelNotInstalledError(name, await listNames(layout));
    await rm(path);
    await syncFolder(layout.manifests);
    await rm(toShardsFolder(layout, name), { recursive: true, force: true });
    await assertLibraryLock(lock);
    return { freedBytes: await collectUnnamedBlobs(layout, manifest.files) };
  });
}

async function listNames(layout: LibraryLayout): Promise<string[]> {
  const manifests = await readManifests(layout);
  return manifests.flatMap(({ manifest }) => (manifest === undefined ? [] : [manifest.name]));
}
