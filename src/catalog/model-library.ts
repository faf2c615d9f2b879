import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ChecksumOptions } from './file-checksum.ts';
import { checkLibrary } from './library/check-library.ts';
import { checkModelFiles, hasModelFiles, verifyModelFiles } from './library/check-model.ts';
import { installModel } from './library/install-model.ts';
import type { InstalledModel, InstallRequest } from './library/installed-model.ts';
import { encodeFileName, toBlobPath, toLibraryLayout, toManifestPath } from './library/library-layout.ts';
import type { LibraryCheckOptions, LibraryRepair, LibraryReport } from './library/library-report.ts';
import { LibraryChangeError, ModelLibraryError } from './library/model-library-error.ts';
import { type ModelManifest, readManifest, readManifests } from './library/model-manifest.ts';
import { type Removal, removeModel } from './library/remove-model.ts';
import { repairLibrary } from './library/repair-library.ts';
import { toInstalledModel } from './library/to-installed-model.ts';

/**
 * The installed models on disk. Processes share the folder: changes are serialized by a lock, and readers see
 * the state before or after a change.
 */
export interface ModelLibrary {
  /** Absolute path. It is created by the first pull. */
  readonly folder: string;
  /** Finds a model by its public name. Does not check its files; `checkModel` does. */
  find(name: string): Promise<InstalledModel | undefined>;
  /** In order of name. */
  list(): Promise<readonly InstalledModel[]>;
  /** Path of an installed file with this SHA-256, even if no model uses it anymore. */
  findBlob(sha256: string): Promise<string | undefined>;
  /** The folder for unfinished files of a pull. Different keys have different paths. `prepare` creates it. */
  stagingPath(key: string): string;
  /** Creates the folders that a pull writes to. @throws LibraryChangeError */
  prepare(): Promise<void>;
  /**
   * Moves verified files to their places and installs a model with them. Replaces a model of the same name.
   * @throws ModelCheckError if the weights can't be used, LibraryChangeError
   */
  install(request: InstallRequest): Promise<InstalledModel>;
  /**
   * Also deletes files that no other model uses.
   * @throws ModelNotInstalledError, LibraryChangeError
   */
  remove(name: string): Promise<Removal>;
  /**
   * The quick check at startup: the files exist with the right sizes and the GGUF magic, and were not
   * modified since their checksums were verified. A modified file is read and hashed again.
   * @throws ModelLibraryError
   */
  checkModel(installed: InstalledModel): Promise<void>;
  /**
   * Whether its files exist with the right sizes. Without them the model can't be used, even if it is loaded.
   */
  hasFiles(installed: InstalledModel): Promise<boolean>;
  /**
   * Reads every file and compares its SHA-256.
   * @throws ModelLibraryError
   */
  verifyModel(installed: InstalledModel, options?: ChecksumOptions): Promise<void>;
  /** Checks the whole folder without changing it. */
  check(options?: LibraryCheckOptions): Promise<LibraryReport>;
  /** Deletes files that belong to no model. Never deletes a model. */
  repair(options?: LibraryCheckOptions): Promise<LibraryRepair>;
}

/** Holds nothing open, so there is nothing to close. */
export function createModelLibrary({ folder }: { readonly folder: string }): ModelLibrary {
  const layout = toLibraryLayout(resolve(folder));

  async function readModelManifest(name: string): Promise<ModelManifest | undefined> {
    const manifest = (await readManifest(toManifestPath(layout, name)))?.manifest;
    return manifest?.name === name ? manifest : undefined;
  }

  async function getManifest({ name }: InstalledModel): Promise<ModelManifest> {
    const manifest = await readModelManifest(name);
    if (manifest === undefined) throw new ModelLibraryError(name, 'its manifest is gone or damaged');
    return manifest;
  }

  async function list(): Promise<readonly InstalledModel[]> {
    const manifests = (await readManifests(layout)).flatMap(({ manifest }) => manifest ?? []);
    return manifests
      .map((manifest) => toInstalledModel(layout, manifest))
      .sort((first, second) => first.name.localeCompare(second.name));
  }

  return {
    folder: layout.folder,
    list,
    find: async (name) => {
      const manifest = await readModelManifest(name);
      return manifest === undefined ? undefined : toInstalledModel(layout, manifest);
    },
    findBlob: async (sha256) => {
      const path = toBlobPath(layout, sha256);
      return (await stat(path).catch(() => undefined))?.isFile() === true ? path : undefined;
    },
    stagingPath: (key) => join(layout.staging, encodeFileName(key)),
    prepare: async () => {
      await mkdir(layout.staging, { recursive: true }).catch((error: unknown) => {
        throw new LibraryChangeError(
          `The models folder ${layout.folder} can't be created or written. Check its owner and its permissions, or choose another data folder with GRAVIX_HOME.`,
          error,
        );
      });
    },
    install: async (request) => toInstalledModel(layout, await installModel(layout, request)),
    remove: (name) => removeModel(layout, name),
    checkModel: async (installed) => checkModelFiles(layout, await getManifest(installed)),
    hasFiles: ({ files }) => hasModelFiles(layout, files),
    verifyModel: async (installed, options) =>
      verifyModelFiles(layout, await getManifest(installed), options),
    check: (options) => checkLibrary(layout, options),
    repair: (options) => repairLibrary(layout, options),
  };
}
