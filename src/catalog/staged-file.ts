import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { toAddressFingerprint } from './download/address-fingerprint.ts';
import { createPartialFile, type PartialFile } from './download/partial-file.ts';
import type { ModelLibrary } from './model-library.ts';
import type { PlannedFile, PlannedSource } from './pull-plan.ts';

/** A file in the staging folder. Files with the same checksum share their place, for all models. */
export interface StagedFile {
  readonly planned: PlannedFile;
  readonly key: string;
  readonly partial: PartialFile;
  readonly lockPath: string;
  /** Whether an earlier or running pull left files here. */
  hasTraces(): Promise<boolean>;
  /** Removes everything except the lock, which the caller must hold. */
  removeTraces(): Promise<void>;
}

export function createStagedFile(library: ModelLibrary, planned: PlannedFile): StagedFile {
  const key = toStagingKey(planned);
  const path = library.stagingPath(key);
  const listTraces = async () => {
    const files = await readdir(dirname(path));
    return files.filter((file) => file.startsWith(`${basename(path)}.`));
  };
  return {
    planned,
    key,
    partial: createPartialFile(`${path}.partial`),
    lockPath: `${path}${lockSuffix}`,
    hasTraces: async () => (await listTraces()).length > 0,
    removeTraces: async () => {
      const traces = (await listTraces()).filter((file) => !file.includes(lockSuffix));
      await Promise.all(
        traces.map((file) => rm(join(dirname(path), file), { recursive: true, force: true })),
      );
    },
  };
}

const lockSuffix = '.lock';

function toStagingKey({ sha256, sources }: PlannedFile): string {
  if (sha256 !== undefined) return sha256;
  const places = JSON.stringify(sources.map(toPlace));
  return `from-${createHash('sha256').update(places).digest('hex')}`;
}

/** Without secrets that a URL may contain. */
function toPlace(source: PlannedSource): PlannedSource {
  return source.kind === 'http' ? { ...source, url: toAddressFingerprint(source.url) } : source;
}
