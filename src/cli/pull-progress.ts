import { SingleBar } from 'cli-progress';
import type { PullProgress } from '../catalog/pull-progress.ts';

/** Shows the progress of a pull. Prints nothing if there was no progress. */
export interface PullProgressView {
  report(progress: PullProgress): void;
  /** Ends the bar or the last line. Call it on success and on failure. */
  close(): void;
}

export interface PullProgressOptions {
  /** Print plain lines even on a terminal. By default only if the stream is not a terminal. */
  readonly isPlain?: boolean;
}

const phaseWords = {
  wait: 'waiting for',
  download: 'downloading from',
  copy: 'copying',
  unpack: 'unpacking',
  verify: 'checking the file from',
} as const satisfies Record<PullProgress['phase'], string>;

/** A progress bar on a terminal, otherwise lines for a log. */
export function createPullProgress(
  stream: NodeJS.WriteStream,
  options: PullProgressOptions = {},
): PullProgressView {
  const isPlain = options.isPlain ?? !stream.isTTY;
  return isPlain ? createPlainLines(stream) : createBar(stream);
}

interface Stage {
  readonly title: string;
  readonly startedAtMs: number;
  /**
   * Bytes that existed when the stage began, such as the start of a resumed download. They don't count for
   * the speed.
   */
  readonly startBytes: number;
}

function startStage(progress: PullProgress): Stage {
  return {
    title: toTitle(progress),
    startedAtMs: performance.now(),
    startBytes: progress.doneBytes,
  };
}

function toTitle({ phase, source }: PullProgress): string {
  return `${phaseWords[phase]} ${source}`;
}

/** The title has a line to itself, because the bar must fit into 80 columns. */
const barFormat = '[{bar}] {percentage}% | {done} of {all} | {speed} | {left}';

function createBar(stream: NodeJS.WriteStream): PullProgressView {
  let stage: Stage | undefined;
  let bar: SingleBar | undefined;
  return {
    report: (progress) => {
      if (stage?.title !== toTitle(progress)) {
        bar?.stop();
        stage = startStage(progress);
        stream.write(`${stage.title}\n`);
        // Without `gracefulExit: false` the bar's signal handlers would swallow the first Ctrl-C.
        bar = new SingleBar({ stream, format: barFormat, barsize: 16, gracefulExit: false });
        bar.start(toBarTotal(progress), progress.doneBytes, toWords(stage, progress));
      }
      bar?.setTotal(toBarTotal(progress));
      bar?.update(progress.doneBytes, toWords(stage, progress));
    },
    close: () => {
      bar?.stop();
      bar = undefined;
      stage = undefined;
    },
  };
}

const lineEveryPercent = 10;
const lineEveryMs = 5_000;
/** A stage shorter than this gets only its first and last line. */
const linePauseMs = 1_000;

/** A line at the start and end of each stage, and between them every ten percent or five seconds. */
function createPlainLines(stream: NodeJS.WriteStream): PullProgressView {
  let stage: Stage | undefined;
  let lineAtMs = 0;
  let linePercent = 0;
  const begin = (progress: PullProgress): Stage => {
    lineAtMs = performance.now();
    linePercent = toPercent(progress);
    const from = progress.doneBytes === 0 ? '' : `, going on at ${toMegabytes(progress.doneBytes)}`;
    stream.write(`${toTitle(progress)} (${toTotal(progress)}${from})\n`);
    return startStage(progress);
  };
  return {
    report: (progress) => {
      if (stage?.title !== toTitle(progress)) {
        stage = begin(progress);
        return;
      }
      const percent = toPercent(progress);
      const silentMs = performance.now() - lineAtMs;
      const isTenth = percent >= linePercent + lineEveryPercent && silentMs >= linePauseMs;
      const isLate = silentMs >= lineEveryMs && percent < 100;
      const isEnd = percent === 100 && linePercent < 100;
      if (!isTenth && !isLate && !isEnd) return;
      lineAtMs = performance.now();
      linePercent = percent;
      const { title, done, all, speed, left } = toWords(stage, progress);
      stream.write(`${title}: ${percent} % (${done} of ${all}, ${speed}, ${left})\n`);
    },
    close: () => {
      stage = undefined;
    },
  };
}

function toPercent({ doneBytes, totalBytes }: PullProgress): number {
  return totalBytes === undefined || totalBytes === 0 ? 0 : Math.floor((doneBytes / totalBytes) * 100);
}

function toWords(stage: Stage, { doneBytes, totalBytes }: PullProgress) {
  const seconds = (performance.now() - stage.startedAtMs) / 1000;
  const bytesPerSecond = seconds > 0 ? (doneBytes - stage.startBytes) / seconds : 0;
  return {
    title: stage.title,
    done: toMegabytes(doneBytes),
    all: toTotal({ totalBytes }),
    speed: bytesPerSecond > 0 ? `${toMegabytes(bytesPerSecond)}/s` : 'no speed yet',
    left: totalBytes === undefined ? 'time left unknown' : toTimeLeft(totalBytes - doneBytes, bytesPerSecond),
  };
}

function toTotal({ totalBytes }: Pick<PullProgress, 'totalBytes'>): string {
  return totalBytes === undefined ? 'unknown size' : toMegabytes(totalBytes);
}

/** A bar of unknown length stays at zero; the megabytes next to it show the progress. */
function toBarTotal({ totalBytes }: PullProgress): number {
  return totalBytes ?? Number.MAX_SAFE_INTEGER;
}

function toMegabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function toTimeLeft(leftBytes: number, bytesPerSecond: number): string {
  if (leftBytes <= 0) return 'done';
  if (bytesPerSecond <= 0) return 'time left unknown';
  const seconds = Math.ceil(leftBytes / bytesPerSecond);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s left` : `${minutes} min ${seconds % 60} s left`;
}
