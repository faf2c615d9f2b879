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
 * The installed models on disk. Processes share it: changes take turns by a lock, and a reader sees the state before or
 * after.
 */
export interface ModelLibrary {
  /** Absolute path; it need not exist until the first pull. */
  readonly folder: string;
  /** By public name. It does not look at the model's files: `checkModel` does. */
  find(name: string): Promise<InstalledModel | undefined>;
  /** In order of name. */
  list(): Promise<readonly InstalledModel[]>;
  /** Path of a file with this SHA-256 that was once installed whole, for any model or, for now, for none. */
  findBlob(sha256: string): Promise<string | undefined>;
  /** Where a pull keeps what it has not finished; different keys have different paths. `prepare` makes its folder. */
  stagingPath(key: string): string;
  /** Makes the folders that a pull writes to. @throws LibraryChangeError */
  prepare(): Promise<void>;
  /**
   * Moves files whose checksums the caller has just found right to their places, and makes a model of them; one of the
   * same name is replaced.
   * @throws ModelCheckError when the weights can't be used, LibraryChangeError
   */
  install(request: InstallRequest): Promise<InstalledModel>;
  /**
   * Also deletes the files that no other model has.
   * @throws ModelNotInstalledError, LibraryChangeError
   */
  remove(name: string): Promise<Removal>;
  /**
   * The cheap check of every start: the files are there, have their sizes and GGUF's first bytes, and were not
   * modified since their checksums were last found right. A modified file is read whole once more.
   * @throws ModelLibraryError
   */
  checkModel(installed: InstalledModel): Promise<void>;
  /** Whether its files are there and have their sizes: a model that has lost them can't be used, loaded or not. */
  hasFiles(installed: InstalledModel): Promise<boolean>;
  /**
   * Reads every file whole and compares its SHA-256.
   * @throws ModelLibraryError
   */
  verifyModel(installed: InstalledModel, options?: ChecksumOptions): Promise<void>;
  /** Looks at everything in the folder and changes nothing. */
  check(options?: LibraryCheckOptions): Promise<LibraryReport>;
  /** Removes what belongs to no model, and never a model. */
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
          `The models folder ${layout.folder} can't be made or written. Check its owner and its permissions, or choose another data folder with GRAVIX_HOME.`,
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
