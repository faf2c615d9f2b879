/**
 * Downloads the files of a plan into the model library.
 *
 * Files are written to the staging folder, where no reader mistakes them for a model. The library moves them
 * to their places after their checksums are verified. A killed pull leaves at most partial files, which the
 * next pull resumes or replaces.
 */
import { stat } from 'node:fs/promises';
import { defaultHuggingFaceEndpoint } from './catalog-entry.ts';
import { defaultHttpLimits, type HttpLimits } from './download/http-limits.ts';
import type { Authorize } from './download/http-request.ts';
import { directTransport, type Transport } from './download/transport.ts';
import { computeFileSha256 } from './file-checksum.ts';
import { createDiskGuard, type DiskGuard, type DiskNeed, defaultDiskReserveBytes } from './free-disk.ts';
import type { InstalledModel, InstallFile } from './library/installed-model.ts';
import { ModelLibraryError } from './library/model-library-error.ts';
import type { ModelLibrary } from './model-library.ts';
import { defaultPipCommand, defaultPipLimits, type PipCommand, type PipLimits } from './pip-source.ts';
import { createAllSourcesFailedError, PullError, toDiskError, toPullAgain } from './pull-error.ts';
import { pullFile } from './pull-file.ts';
import { createPullLock, defaultPullLockLimits, type PullLock, type PullLockLimits } from './pull-lock.ts';
import type { PlannedFile, PullPlan } from './pull-plan.ts';
import {
  createProgressReporter,
  defaultProgressEveryMs,
  type ProgressReporter,
  type PullProgress,
} from './pull-progress.ts';
import { createStagedFile, type StagedFile } from './staged-file.ts';

export interface PullRequest {
  readonly plan: PullPlan;
  readonly library: ModelLibrary;
  /** Called at the start and end of each phase, and a few times per second between. */
  readonly onProgress?: (progress: PullProgress) => void;
  readonly signal?: AbortSignal;
  /** Pulls the model again even if it is installed and looks intact. */
  readonly force?: boolean;
  readonly huggingFaceEndpoint?: string;
  readonly authorize?: Authorize;
  readonly transport?: Transport;
  readonly diskReserveBytes?: number;
  /** Asks whether the disk reserve may be used. */
  readonly confirmDisk?: (need: DiskNeed) => Promise<boolean>;
  readonly pipCommand?: PipCommand;
  readonly httpLimits?: HttpLimits;
  readonly pipLimits?: PipLimits;
  readonly lockLimits?: PullLockLimits;
  readonly progressEveryMs?: number;
}

type Pull = Required<Omit<PullRequest, 'confirmDisk'>> & {
  readonly progress: ProgressReporter;
  readonly disk: DiskGuard;
  readonly staged: readonly StagedFile[];
};

/**
 * Returns immediately if the model is installed and passes its check. A model that fails the check is pulled
 * again.
 * @throws PullError, errors of the library if the files can't be used, or the signal's reason
 */
export async function pullModel(request: PullRequest): Promise<InstalledModel> {
  const pull = toPull(request);
  const { plan, library, signal, progress } = pull;
  try {
    await library.prepare();
    if (!pull.force) {
      const installed = await findInstalled(pull);
      if (installed !== undefined && !(await hasTraces(pull))) return installed;
    }
    return await pullAlone(pull);
  } catch (error) {
    signal.throwIfAborted();
    throw toDiskError(plan, library.folder, error) ?? error;
  } finally {
    progress.close();
  }
}

function toPull({ confirmDisk, ...request }: PullRequest): Pull {
  const { plan, library } = request;
  const settings = {
    onProgress: () => undefined,
    signal: new AbortController().signal,
    force: false,
    huggingFaceEndpoint: defaultHuggingFaceEndpoint,
    authorize: () => undefined,
    transport: directTransport,
    diskReserveBytes: defaultDiskReserveBytes,
    pipCommand: defaultPipCommand,
    httpLimits: defaultHttpLimits,
    pipLimits: defaultPipLimits,
    lockLimits: defaultPullLockLimits,
    progressEveryMs: defaultProgressEveryMs,
    ...request,
  };
  const { onProgress, progressEveryMs, diskReserveBytes } = settings;
  return {
    ...settings,
    progress: createProgressReporter({ files: plan.files, everyMs: progressEveryMs, onProgress }),
    disk: createDiskGuard({
      folder: library.folder,
      reserveBytes: diskReserveBytes,
      confirm: confirmDisk,
    }),
    staged: plan.files.map((planned) => createStagedFile(library, planned)),
  };
}

/** Waits for other processes that pull the same files, then uses the files that they installed. */
async function pullAlone(pull: Pull): Promise<InstalledModel> {
  const locks: PullLock[] = [];
  let hasWaited = false;
  const onWait = () => {
    hasWaited = true;
  };
  try {
    // Locks in order of keys, so that two pulls that share files can't deadlock.
    const byKey = new Map(pull.staged.map((staged) => [staged.key, staged]));
    const inOrder = [...byKey].sort(([first], [second]) => (first < second ? -1 : 1));
    for (const [, staged] of inOrder) locks.push(await lockFile(pull, staged, onWait));
    if (hasWaited || !pull.force) {
      const installed = await findInstalled(pull);
      if (installed !== undefined) {
        await removeTraces(pull);
        return installed;
      }
    }
    const files: InstallFile[] = [];
    for (const [index, staged] of pull.staged.entries()) {
      files.push(await obtainFile(pull, staged, countLaterBytes(pull, index)));
    }
    return await install(pull, files, locks);
  } finally {
    await Promise.all(locks.map((lock) => lock.close()));
  }
}

function lockFile(pull: Pull, staged: StagedFile, onWait: () => void): Promise<PullLock> {
  const { signal, lockLimits, progress } = pull;
  const { partial, planned, lockPath } = staged;
  const report = (doneBytes: number) =>
    progress.report('another process', { phase: 'wait', doneBytes, totalBytes: planned.sizeBytes });
  return createPullLock({
    path: lockPath,
    signal,
    limits: lockLimits,
    onWait: () => {
      onWait();
      partial.sizeBytes().then(report, () => undefined);
    },
  });
}

/** A pull that was killed just before its last step leaves files that are not needed anymore. */
async function hasTraces({ staged }: Pull): Promise<boolean> {
  const found = await Promise.all(staged.map((each) => each.hasTraces()));
  return found.includes(true);
}

async function removeTraces({ staged }: Pull): Promise<void> {
  await Promise.all(staged.map((each) => each.removeTraces()));
}

/**
 * The installed model matches the plan if its files do. Files without a known checksum are compared by
 * origin.
 */
async function findInstalled({ plan, library, force }: Pull): Promise<InstalledModel | undefined> {
  const installed = await library.find(plan.name);
  if (installed === undefined) return undefined;
  if (plan.kind === 'url' || plan.kind === 'file') assertSameOrigin(plan, installed, force);
  const isPlanned = plan.files.every(
    ({ sha256 }) => sha256 === undefined || installed.files.some((file) => file.sha256 === sha256),
  );
  if (!isPlanned || plan.files.length !== installed.files.length) return undefined;
  try {
    await library.checkModel(installed);
    return installed;
  } catch (error) {
    if (error instanceof ModelLibraryError) return undefined;
    throw error;
  }
}

/** The name of a local file or URL is made up, and must not silently replace another model. */
function assertSameOrigin(plan: PullPlan, installed: InstalledModel, force: boolean): void {
  if (installed.origin === plan.origin || force) return;
  throw new PullError(
    `Another model with the name ${plan.name} is installed, from ${installed.origin}. Choose another name with --name, or replace it with --force.`,
  );
}

/** Takes the file from the library if another model has it, otherwise from the plan's sources. */
async function obtainFile(pull: Pull, staged: StagedFile, laterBytes: number): Promise<InstallFile> {
  const { plan, progress, disk } = pull;
  const { planned, partial } = staged;
  const { role, fileName } = planned;
  const shared = await findSharedFile(pull, planned);
  if (shared !== undefined) {
    progress.finishFile(shared.sizeBytes);
    return { role, fileName, ...shared };
  }
  const result = await pullFile({ planned, partial, progress, disk, laterBytes, settings: pull });
  if (!('sha256' in result)) {
    throw createAllSourcesFailedError(plan, result);
  }
  progress.finishFile(result.sizeBytes);
  return { role, fileName, ...result, path: partial.path };
}

/** Verify it again, because it may have been damaged since. */
async function findSharedFile({ library, force, progress, signal }: Pull, { sha256 }: PlannedFile) {
  const path = sha256 === undefined || force ? undefined : await library.findBlob(sha256);
  if (path === undefined) return undefined;
  const { size: sizeBytes } = await stat(path);
  const onProgress = (doneBytes: number) =>
    progress.report('the models folder', { phase: 'verify', doneBytes, totalBytes: sizeBytes });
  const found = await computeFileSha256(path, { signal, onProgress });
  return found === sha256 ? { sha256: found, sizeBytes, path } : undefined;
}

function countLaterBytes({ plan }: Pull, index: number): number {
  return plan.files.slice(index + 1).reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0);
}

async function install(
  pull: Pull,
  files: readonly InstallFile[],
  locks: readonly PullLock[],
): Promise<InstalledModel> {
  const { name, origin, license } = pull.plan;
  for (const lock of locks) await assertStillHeld(lock, pull.plan);
  const installed = await pull.library.install({ name, origin, license, files });
  await removeTraces(pull);
  return installed;
}

async function assertStillHeld(lock: PullLock, plan: PullPlan): Promise<void> {
  if (await lock.isHeld()) return;
  throw new PullError(
    `The pull of ${plan.name} was suspended for so long that another process took it over. To fix this, ${toPullAgain(plan)}.`,
  );
}
