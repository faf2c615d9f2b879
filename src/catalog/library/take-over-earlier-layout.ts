/**
 * Models of Gravix 0.1 lay in the models folder itself, each as its file and a manifest beside it. They are moved
 * to their new places and not copied. A kill in the middle is made up for at the next use: the old manifest goes
 * last. What can't be read as a model stays where it is, and the library's check lists it.
 */
import { lstat, mkdir, realpath, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { findCatalogEntry } from '../catalog.ts';
import { ModelCheckError } from '../gguf/model-check-error.ts';
import { readGgufFacts } from '../gguf/read-gguf-facts.ts';
import { syncFolder } from '../write-file-atomically.ts';
import { encodeFileName, type LibraryLayout, toBlobPath } from './library-layout.ts';
import { isBareFileName, readFolderIfThere, readManifest, writeManifest } from './model-manifest.ts';
import { withLibraryLock } from './with-library-lock.ts';

const earlierSuffix = '.manifest.json';

const earlierManifestSchema = z.object({
  name: z.string().min(1),
  file: z.string().refine(isBareFileName),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z.number().int().positive(),
  mtimeMs: z.number(),
});

type EarlierManifest = z.infer<typeof earlierManifestSchema>;

/** Looks into the folder once; there is nothing to wait for where no earlier version has been. */
export async function takeOverEarlierLayout(layout: LibraryLayout): Promise<void> {
  const files = await readFolderIfThere(layout.folder);
  const isEarlier = (file: string) => file.endsWith(earlierSuffix) || isPartial(file);
  if (!files.some(isEarlier)) return;
  await withLibraryLock(layout, async () => {
    const now = await readFolderIfThere(layout.folder);
    for (const file of now.filter(isPartial)) await movePartial(layout, file);
    for (const file of now.filter((name) => name.endsWith(earlierSuffix))) await takeOver(layout, file);
  });
}

function isPartial(file: string): boolean {
  return file.endsWith('.gguf.partial') || file.endsWith('.gguf.partial.json');
}

/** So that a download that was broken off before the change goes on after it. */
async function movePartial(layout: LibraryLayout, file: string): Promise<void> {
  const [, modelFile = '', suffix = ''] = /^(.*\.gguf)(\.partial(?:\.json)?)$/.exec(file) ?? [];
  await mkdir(layout.staging, { recursive: true });
  await rename(join(layout.folder, file), join(layout.staging, `${encodeFileName(modelFile)}${suffix}`));
}

async function takeOver(layout: LibraryLayout, manifestFile: string): Promise<void> {
  const manifestPath = join(layout.folder, manifestFile);
  const earlier = await readEarlierManifest(manifestPath);
  if (earlier === undefined) return;
  const { name, file, sha256, sizeBytes, mtimeMs } = earlier;
  const blobPath = toBlobPath(layout, sha256);
  const path = join(layout.folder, file);
  const isMoved = !(await isThere(path));
  if (isMoved && !(await isThere(blobPath))) return;
  const facts = await readFactsIfUsable(isMoved ? blobPath : path);
  if (facts === undefined) return;
  await Promise.all([layout.blobs, layout.manifests].map((folder) => mkdir(folder, { recursive: true })));
  if (!isMoved) await moveModelFile(path, blobPath);
  const license = findCatalogEntry(name)?.license ?? facts.license;
  await writeManifest(layout, {
    version: 1,
    name,
    origin: 'an earlier version of Gravix',
    ...(license === undefined ? {} : { license }),
    facts,
    files: [{ role: 'weights', fileName: file, sha256, sizeBytes, mtimeMs }],
  });
  await rm(manifestPath);
  await syncFolder(layout.folder);
}

async function readEarlierManifest(path: string): Promise<EarlierManifest | undefined> {
  const read = await readManifest(path);
  try {
    return read === undefined ? undefined : earlierManifestSchema.safeParse(JSON.parse(read.text)).data;
  } catch {
    return undefined;
  }
}

async function readFactsIfUsable(path: string) {
  try {
    return await readGgufFacts(path);
  } catch (error) {
    if (error instanceof ModelCheckError) return undefined;
    throw error;
  }
}

/** A link that somebody put in the file's place must lead to the same file from its new folder. */
async function moveModelFile(path: string, blobPath: string): Promise<void> {
  if ((await lstat(path)).isSymbolicLink()) {
    await rm(blobPath, { force: true });
    await symlink(await realpath(path), blobPath);
    await rm(path);
  } else {
    await rename(path, blobPath);
  }
}

async function isThere(path: string): Promise<boolean> {
  return realpath(path).then(
    () => true,
    () => false,
  );
}
