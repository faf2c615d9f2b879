import { copyFile, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { GgufFacts } from '../gguf/gguf-facts.ts';
import { readGgufFacts, readShardedGgufFacts } from '../gguf/read-gguf-facts.ts';
import { isMissingFile } from '../is-missing-file.ts';
import { syncFolder } from '../write-file-atomically.ts';
import { collectUnnamedBlobs } from './collect-unnamed-blobs.ts';
import type { InstallFile, InstallRequest } from './installed-model.ts';
import { type LibraryLayout, toBlobPath, toManifestPath } from './library-layout.ts';
import { linkShards } from './link-shards.ts';
import { LibraryChangeError } from './model-library-error.ts';
import { isBareFileName, type ModelManifest, readManifest, writeManifest } from './model-manifest.ts';
import { readModelSettings } from './read-model-settings.ts';
import { assertLibraryLock, withLibraryLock } from './with-library-lock.ts';

const nameCharactersMax = 512;

/**
 * Reads the model's header first, so that a file that can't be used leaves everything as it was. Then the files
 * become blobs, and the manifest makes the model of them; a kill between leaves blobs that no manifest names.
 * @throws ModelCheckError for a file that can't be used, LibraryChangeError
 */
export async function installModel(layout: LibraryLayout, request: InstallRequest): Promise<ModelManifest> {
  assertInstallable(request);
  const { name, origin, license } = request;
  const facts = await readFacts(request.files);
  const { parameters, unusedNames, systemText } = await readModelSettings(request.files);
  return withLibraryLock(layout, async (lock) => {
    const old = (await readManifest(toManifestPath(layout, name)))?.manifest;
    await Promise.all([layout.blobs, layout.manifests].map((folder) => mkdir(folder, { recursive: true })));
    const files: ModelManifest['files'] = [];
    for (const file of request.files) files.push(await moveToBlobs(layout, file));
    await syncFolder(layout.blobs);
    const manifest: ModelManifest = {
      version: 1,
      name,
      origin,
      ...(license === undefined ? {} : { license }),
      facts,
      ...(parameters === undefined ? {} : { parameters }),
      ...(unusedNames === undefined ? {} : { unusedNames: [...unusedNames] }),
      ...(systemText === undefined ? {} : { systemText }),
      files,
    };
    await linkShards(layout, manifest);
    await assertLibraryLock(lock);
    await writeManifest(layout, manifest);
    if (old !== undefined) await collectUnnamedBlobs(layout, old.files);
    return manifest;
  });
}

const shardPattern = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/;

function assertInstallable({ name, files }: InstallRequest): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (name === '' || name.length > nameCharactersMax || /[\0-\x1f\x7f]/.test(name)) {
    throw new LibraryChangeError(
      `A model's name has 1 to ${nameCharactersMax} characters, none of them a control character.`,
    );
  }
  const wrong = files.find(({ fileName }) => !isBareFileName(fileName));
  if (wrong !== undefined) {
    throw new LibraryChangeError(`The model ${name} has a file whose name is a path: ${wrong.fileName}.`);
  }
  const weights = files.filter(({ role }) => role === 'weights').map(({ fileName }) => fileName);
  if (weights.length === 0) throw new LibraryChangeError(`The model ${name} has no weights.`);
  if (weights.length > 1) assertShardNames(name, weights);
}

function assertShardNames(name: string, fileNames: readonly string[]): void {
  const shards = fileNames.map((fileName) => shardPattern.exec(fileName));
  const stem = shards[0]?.[1];
  const numbers = shards.map((shard) => (shard?.[1] === stem ? Number(shard?.[2]) : 0)).sort((a, b) => a - b);
  const isWhole = shards.every((shard) => Number(shard?.[3]) === fileNames.length);
  if (isWhole && numbers.every((number, index) => number === index + 1)) return;
  throw new LibraryChangeError(
    `The model ${name} is in ${fileNames.length} files whose names are not X-00001-of-0000N.gguf, each once.`,
  );
}

async function readFacts(files: readonly InstallFile[]): Promise<GgufFacts> {
  const paths = files
    .filter(({ role }) => role === 'weights')
    .sort((first, second) => (first.fileName < second.fileName ? -1 : 1))
    .map(({ path }) => path);
  const [path] = paths;
  if (path === undefined || paths.length > 1) return readShardedGgufFacts(paths);
  const facts = await readGgufFacts(path);
  if (facts.splitCount > 1) return readShardedGgufFacts(paths);
  return facts;
}

/**
 * Replaces an existing blob, because it may be damaged and this one was just verified. Processes that have
 * the old one open keep it.
 */
async function moveToBlobs(
  layout: LibraryLayout,
  file: InstallFile,
): Promise<ModelManifest['files'][number]> {
  const { role, fileName, sha256, sizeBytes, path } = file;
  const blobPath = toBlobPath(layout, sha256);
  try {
    if (path !== blobPath) await moveFile(layout, path, blobPath);
    const { size, mtimeMs } = await stat(blobPath);
    if (size === sizeBytes) return { role, fileName, sha256, sizeBytes, mtimeMs };
  } catch (error) {
    if (!isMissingFile(error)) throw error;
    throw new LibraryChangeError(
      `The file ${fileName} was removed before it was installed. Pull it again.`,
      error,
    );
  }
  throw new LibraryChangeError(
    `The file ${fileName} does not have ${sizeBytes} bytes any more. Pull it again.`,
  );
}

async function moveFile(layout: LibraryLayout, path: string, blobPath: string): Promise<void> {
  if (!(await lstat(path)).isSymbolicLink()) await syncFile(path);
  try {
    await rename(path, blobPath);
    // Nothing happens where both are names of one file already, as when a file is imported twice.
    await rm(path, { force: true });
  } catch (error) {
    if (await isReplaceable(error, blobPath)) return rm(path, { force: true });
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    // Copies from another file system to a temporary file first, so that the blob appears complete.
    await mkdir(layout.staging, { recursive: true });
    const copyPath = join(layout.staging, `${basename(blobPath)}.copy`);
    await copyFile(path, copyPath);
    await syncFile(copyPath);
    await rename(copyPath, blobPath);
    await rm(path);
  }
}

/** Windows can't replace a file that an engine has open. That file is the same blob. */
async function isReplaceable(error: unknown, blobPath: string): Promise<boolean> {
  if (process.platform !== 'win32' || !(error instanceof Error) || !('code' in error)) return false;
  if (error.code !== 'EPERM' && error.code !== 'EBUSY' && error.code !== 'EACCES') return false;
  return (await stat(blobPath).catch(() => undefined)) !== undefined;
}

async function syncFile(path: string): Promise<void> {
  const file = await openWritable(path);
  try {
    await file?.sync();
  } finally {
    await file?.close();
  }
}

/** Undefined for another user's file that was imported by a hard link: it was on the disk long before. */
async function openWritable(path: string) {
  try {
    return await open(path, 'r+');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return undefined;
    throw error;
  }
}
