import { open, stat } from 'node:fs/promises';
import { type ChecksumOptions, computeFileSha256 } from '../file-checksum.ts';
import { isMissingFile } from '../is-missing-file.ts';
import { type LibraryLayout, toBlobPath } from './library-layout.ts';
import { hasRightShardLinks, linkShards } from './link-shards.ts';
import { ModelLibraryError } from './model-library-error.ts';
import { type ModelManifest, writeManifest } from './model-manifest.ts';

type ManifestFile = ModelManifest['files'][number];

/**
 * The quick check at startup: the files exist with the right sizes, the weights start with the GGUF magic,
 * and no file was modified since its checksum was verified. A modified file is read and hashed again.
 * @throws ModelLibraryError
 */
export async function checkModelFiles(layout: LibraryLayout, manifest: ModelManifest): Promise<void> {
  const files: ManifestFile[] = [];
  for (const file of manifest.files) {
    const mtimeMs = await checkSizeAndMagic(layout, manifest.name, file);
    if (mtimeMs !== file.mtimeMs) await verifyFile(layout, manifest.name, file);
    files.push({ ...file, mtimeMs });
  }
  const isNews = files.some(({ mtimeMs }, index) => mtimeMs !== manifest.files[index]?.mtimeMs);
  try {
    if (isNews) await writeManifest(layout, { ...manifest, files });
    if (!(await hasRightShardLinks(layout, manifest))) await linkShards(layout, manifest);
  } catch (error) {
    // A models folder mounted read-only is a fair way to run; its files are then read whole at each start.
    if (!(await hasRightShardLinks(layout, manifest))) {
      throw new ModelLibraryError(manifest.name, "the links to its files can't be created", error);
    }
  }
}

/** The check of every request: the files exist with the right sizes. */
export async function hasModelFiles(
  layout: LibraryLayout,
  files: readonly Pick<ManifestFile, 'sha256' | 'sizeBytes'>[],
): Promise<boolean> {
  const found = await Promise.all(
    files.map(({ sha256 }) => stat(toBlobPath(layout, sha256)).catch(() => undefined)),
  );
  return files.every(({ sizeBytes }, index) => found[index]?.size === sizeBytes);
}

/**
 * Reads every file whole and compares its SHA-256; progress counts the bytes of all.
 * @throws ModelLibraryError
 */
export async function verifyModelFiles(
  layout: LibraryLayout,
  manifest: ModelManifest,
  { onProgress, signal }: ChecksumOptions = {},
): Promise<void> {
  let doneBytes = 0;
  for (const file of manifest.files) {
    await checkSizeAndMagic(layout, manifest.name, file);
    const before = doneBytes;
    await verifyFile(layout, manifest.name, file, {
      signal,
      onProgress: (fileBytes) => onProgress?.(before + fileBytes),
    });
    doneBytes += file.sizeBytes;
  }
}

async function verifyFile(
  layout: LibraryLayout,
  name: string,
  { sha256 }: ManifestFile,
  options: ChecksumOptions = {},
): Promise<void> {
  if ((await computeFileSha256(toBlobPath(layout, sha256), options)) === sha256) return;
  throw new ModelLibraryError(name, 'its checksum has changed since it was installed');
}

/** Returns when the file was modified. */
async function checkSizeAndMagic(
  layout: LibraryLayout,
  name: string,
  expected: ManifestFile,
): Promise<number> {
  const file = await openModelFile(name, toBlobPath(layout, expected.sha256));
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new ModelLibraryError(name, 'its file cannot be read');
    if (stats.size !== expected.sizeBytes) {
      throw new ModelLibraryError(name, `its file has ${stats.size} bytes, not ${expected.sizeBytes}`);
    }
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (expected.role === 'weights' && buffer.toString('latin1') !== 'GGUF') {
      throw new ModelLibraryError(name, 'its file is not a GGUF file');
    }
    return stats.mtimeMs;
  } finally {
    await file.close();
  }
}

async function openModelFile(name: string, path: string) {
  try {
    return await open(path, 'r');
  } catch (error) {
    const fault = isMissingFile(error) ? 'its file is missing' : 'its file cannot be read';
    throw new ModelLibraryError(name, fault, error);
  }
}
