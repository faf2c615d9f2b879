import { open, readdir, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CatalogEntry } from './catalog-entry.ts';
import { type ChecksumOptions, computeFileSha256 } from './file-checksum.ts';
import {
  isMissingFile,
  type ModelManifest,
  manifestSuffix,
  readModelManifest,
  writeModelManifest,
} from './model-manifest.ts';
import { syncFolder } from './write-file-atomically.ts';

/** A model whose file was once found whole and right. */
export interface InstalledModel extends ModelManifest {
  /** Absolute path of the model file. */
  readonly path: string;
}

/** An installed model's file is gone or no longer what it was. The message names the way out. */
export class ModelLibraryError extends Error {
  constructor(name: string, fault: string, cause?: unknown) {
    super(`The model ${name} is damaged: ${fault}. Run \`gravix pull ${name} --force\` to pull it anew.`, {
      cause,
    });
    this.name = 'ModelLibraryError';
  }
}

/** The models folder on disk: each model is its file and a manifest beside it, written last. */
export interface ModelLibrary {
  /** Absolute path; it need not exist until the first pull. */
  readonly folder: string;
  /** By public name. It does not look at the model file: `check` does. */
  find(name: string): Promise<InstalledModel | undefined>;
  /** In order of name. */
  list(): Promise<readonly InstalledModel[]>;
  /**
   * The cheap check of every start: the file is there, has its size and GGUF's first bytes, and was not
   * modified since its checksum was last found right. A modified file is read whole once more.
   * @throws ModelLibraryError
   */
  check(installed: InstalledModel): Promise<void>;
  /**
   * Reads the whole file and compares its SHA-256.
   * @throws ModelLibraryError
   */
  verify(installed: InstalledModel, options?: ChecksumOptions): Promise<void>;
  /** Moves a file of this folder whose checksum the caller has just found right to its final name. */
  install(entry: CatalogEntry, verifiedPath: string): Promise<InstalledModel>;
}

/** Holds nothing open, so there is nothing to close. */
export function createModelLibrary({ folder }: { readonly folder: string }): ModelLibrary {
  const absoluteFolder = resolve(folder);

  async function list(): Promise<readonly InstalledModel[]> {
    const files = (await readFolderIfThere(absoluteFolder)).filter((file) => file.endsWith(manifestSuffix));
    const manifests = await Promise.all(files.map((file) => readModelManifest(join(absoluteFolder, file))));
    return manifests
      .filter((manifest) => manifest !== undefined)
      .map((manifest) => toInstalledModel(absoluteFolder, manifest))
      .sort((first, second) => first.name.localeCompare(second.name));
  }

  return {
    folder: absoluteFolder,
    list,
    find: async (name) => (await list()).find((installed) => installed.name === name),
    check: (installed) => checkInstalledModel(absoluteFolder, installed),
    verify: verifyInstalledModel,
    install: async (entry, verifiedPath) => {
      const finalPath = join(absoluteFolder, entry.file);
      await rename(verifiedPath, finalPath);
      await syncFolder(absoluteFolder);
      const { name, file, sha256, sizeBytes } = entry;
      const { mtimeMs } = await stat(finalPath);
      const manifest = { name, file, sha256, sizeBytes, mtimeMs };
      await writeModelManifest(toManifestPath(absoluteFolder, file), manifest);
      return toInstalledModel(absoluteFolder, manifest);
    },
  };
}

async function checkInstalledModel(folder: string, installed: InstalledModel): Promise<void> {
  const { mtimeMs } = await checkSizeAndMagic(installed);
  if (mtimeMs === installed.mtimeMs) return;
  await verifyInstalledModel(installed);
  const { path: _, ...manifest } = installed;
  try {
    await writeModelManifest(toManifestPath(folder, installed.file), { ...manifest, mtimeMs });
  } catch {
    // A models folder mounted read-only is a fair way to run; its files are then read whole at each start.
  }
}

async function verifyInstalledModel(installed: InstalledModel, options: ChecksumOptions = {}): Promise<void> {
  await checkSizeAndMagic(installed);
  const sha256 = await computeFileSha256(installed.path, options);
  if (sha256 !== installed.sha256) {
    throw new ModelLibraryError(installed.name, 'its checksum is no longer the one it was installed with');
  }
}

async function checkSizeAndMagic(installed: InstalledModel): Promise<{ readonly mtimeMs: number }> {
  const file = await openModelFile(installed);
  try {
    const { size, mtimeMs } = await file.stat();
    if (size !== installed.sizeBytes) {
      throw new ModelLibraryError(installed.name, `its file has ${size} bytes, not ${installed.sizeBytes}`);
    }
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (buffer.toString('latin1') !== 'GGUF') {
      throw new ModelLibraryError(installed.name, 'its file is not a GGUF file');
    }
    return { mtimeMs };
  } finally {
    await file.close();
  }
}

async function openModelFile(installed: InstalledModel) {
  try {
    return await open(installed.path, 'r');
  } catch (error) {
    const fault = isMissingFile(error) ? 'its file is missing' : 'its file cannot be read';
    throw new ModelLibraryError(installed.name, fault, error);
  }
}

async function readFolderIfThere(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}

function toInstalledModel(folder: string, manifest: ModelManifest): InstalledModel {
  return { ...manifest, path: join(folder, manifest.file) };
}

function toManifestPath(folder: string, file: string): string {
  return join(folder, `${file}${manifestSuffix}`);
}
