import { link, lstat, mkdir, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type LibraryLayout, toBlobPath, toShardsFolder } from './library-layout.ts';
import { type ModelManifest, readFolderIfThere } from './model-manifest.ts';

/** The weights of a model in order of their names: the first of several shards is the one to load. */
export function listWeights(manifest: Pick<ModelManifest, 'files'>): ModelManifest['files'] {
  return manifest.files
    .filter(({ role }) => role === 'weights')
    .sort((first, second) => (first.fileName < second.fileName ? -1 : 1));
}

/** Absolute path of the file to load. */
export function toModelPath(layout: LibraryLayout, manifest: ModelManifest): string {
  const weights = listWeights(manifest);
  const [first] = weights;
  if (first === undefined) throw new Error(`The manifest of ${manifest.name} has no weights.`);
  return weights.length === 1
    ? toBlobPath(layout, first.sha256)
    : join(toShardsFolder(layout, manifest.name), first.fileName);
}

/**
 * llama.cpp finds the shards of a model by their file names in one folder, which blobs do not have: each gets a hard
 * link there, or a symbolic one where the file system has no others. Links that are right already stay.
 */
export async function linkShards(layout: LibraryLayout, manifest: ModelManifest): Promise<void> {
  const weights = listWeights(manifest);
  const folder = toShardsFolder(layout, manifest.name);
  if (weights.length === 1) {
    await rm(folder, { recursive: true, force: true });
    return;
  }
  await mkdir(folder, { recursive: true });
  for (const { fileName, sha256 } of weights) {
    await linkAtomically(await realpath(toBlobPath(layout, sha256)), join(folder, fileName));
  }
  const names = new Set(weights.map(({ fileName }) => fileName));
  const others = (await readFolderIfThere(folder)).filter((file) => !names.has(file));
  await Promise.all(others.map((file) => rm(join(folder, file), { recursive: true, force: true })));
}

/** Whether each shard's link leads to its blob. */
export async function hasRightShardLinks(layout: LibraryLayout, manifest: ModelManifest): Promise<boolean> {
  const weights = listWeights(manifest);
  if (weights.length === 1) return true;
  const folder = toShardsFolder(layout, manifest.name);
  const checks = weights.map(({ fileName, sha256 }) =>
    isSameFile(join(folder, fileName), toBlobPath(layout, sha256)),
  );
  return (await Promise.all(checks)).every(Boolean);
}

async function linkAtomically(target: string, path: string): Promise<void> {
  if (await isSameFile(path, target)) return;
  const besidePath = `${path}.new`;
  await rm(besidePath, { force: true });
  await linkFile(target, besidePath);
  await rename(besidePath, path);
}

/** A hard link where both lie on one file system and the user may make it, else a symbolic one. */
export async function linkFile(target: string, path: string): Promise<'hard' | 'symbolic'> {
  try {
    await link(target, path);
    return 'hard';
  } catch (error) {
    if (await lstat(path).catch(() => undefined)) throw error;
    await symlink(target, path);
    return 'symbolic';
  }
}

async function isSameFile(first: string, second: string): Promise<boolean> {
  const found = await Promise.all([first, second].map((path) => stat(path).catch(() => undefined)));
  const [one, other] = found;
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
}
