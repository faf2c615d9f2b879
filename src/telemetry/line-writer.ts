import { setTimeout as sleep } from 'node:timers/promises';
import type { LogSink } from './log-sink.ts';

/**
 * Writes lines to a destination that may fail: a full disk, or a reader that is slow or gone. Nothing else
 * waits for it. Lines wait, up to a limit, until writing works again. Lines beyond the limit are dropped and
 * counted, and a line in their place reports the loss.
 */
export interface LineWriter {
  /** Takes one line with its line end. Never throws. */
  write(line: string): void;
  /** Writes waiting lines if possible soon. */
  close(): Promise<void>;
}

/** Lines lost at one place. */
export interface LineLoss {
  readonly lines: number;
  /** The reason for the loss: the last system error, such as ENOSPC, or `backlog`. */
  readonly reason: string;
}

export interface LineWriterLimits {
  /** Maximum bytes that wait, not counting the batch in progress. */
  readonly waitingBytesMax: number;
  /** Collect lines for this long, in milliseconds, to write many lines with one system call under load. */
  readonly gatherMs: number;
  /** Pause before retrying a busy reader, in milliseconds. */
  readonly busyPauseMs: number;
  /** Pause after a failure, in milliseconds. */
  readonly failurePauseMs: number;
  /** Maximum wait of `close`, in milliseconds. */
  readonly closeMsMax: number;
}

export const defaultLineWriterLimits: LineWriterLimits = {
  waitingBytesMax: 1024 ** 2,
  gatherMs: 20,
  busyPauseMs: 50,
  failurePauseMs: 500,
  closeMsMax: 1000,
};

/** Approximate bytes per write. */
const batchBytesMax = 64 * 1024;

/** A waiting line, or a loss that is reported in its place. */
type Entry = Buffer | LineLoss;

export function createLineWriter(
  sink: LogSink,
  toLossLine: (loss: LineLoss) => string,
  limits: LineWriterLimits = defaultLineWriterLimits,
): LineWriter {
  const queue = new LineQueue(limits.waitingBytesMax);
  let isClosing = false;
  let reason = backlog;
  /** The last line was written without its end, so the next one must not continue it. */
  let isCut = false;
  let running: Promise<void> | undefined;

  const pause = async (pauseMs: number): Promise<void> => {
    if (!isClosing) await sleep(pauseMs, undefined, { ref: false });
  };

  const writeBatch = async (entries: readonly Entry[]): Promise<void> => {
    const lines = entries.map((entry) => (Buffer.isBuffer(entry) ? entry : Buffer.from(toLossLine(entry))));
    const bytes = Buffer.concat(isCut ? [Buffer.from('\n'), ...lines] : lines);
    let written = 0;
    try {
      while (written < bytes.length) {
        const count = await sink.write(bytes.subarray(written));
        if (count === 0) await sleep(limits.busyPauseMs, undefined, { ref: false });
        written += count;
      }
      isCut = false;
    } catch (error) {
      if (written > 0) isCut = bytes[written - 1] !== newline;
      queue.putBack(entries.slice(countWhole(lines, written - (bytes.length - toLength(lines)))));
      throw error;
    }
  };

  const run = async (): Promise<void> => {
    await pause(limits.gatherMs);
    while (queue.length > 0) {
      try {
        await writeBatch(queue.takeBatch());
        reason = backlog;
      } catch (error) {
        reason = toReason(error);
        if (isClosing) return;
        await pause(limits.failurePauseMs);
      }
    }
  };

  const start = (): Promise<void> => {
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    write: (line) => {
      queue.add(Buffer.from(line), reason);
      void start();
    },
    close: async () => {
      isClosing = true;
      const controller = new AbortController();
      const timeUp = sleep(limits.closeMsMax, undefined, { signal: controller.signal }).catch(
        () => undefined,
      );
      await Promise.race([
        Promise.resolve(running).then(() => (queue.length > 0 ? start() : undefined)),
        timeUp,
      ]);
      controller.abort();
      sink.close();
    },
  };
}

const newline = 10;
const backlog = 'backlog';

function toLength(lines: readonly Buffer[]): number {
  return lines.reduce((sum, line) => sum + line.length, 0);
}

/** Complete lines in the written bytes. */
function countWhole(lines: readonly Buffer[], bytes: number): number {
  let end = 0;
  const firstCut = lines.findIndex((line) => {
    end += line.length;
    return end > bytes;
  });
  return firstCut < 0 ? lines.length : firstCut;
}

function toReason(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Waiting entries, in order. */
class LineQueue {
  readonly #entries: Entry[] = [];
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get length(): number {
    return this.#entries.length;
  }

  add(line: Buffer, reason: string): void {
    const last = this.#entries.at(-1);
    if (this.#bytes + line.length <= this.#bytesMax) {
      this.#entries.push(line);
      this.#bytes += line.length;
    } else if (last === undefined || Buffer.isBuffer(last)) {
      this.#entries.push({ lines: 1, reason });
    } else {
      this.#entries[this.#entries.length - 1] = { ...last, lines: last.lines + 1 };
    }
  }

  takeBatch(): Entry[] {
    let count = 0;
    let bytes = 0;
    for (const entry of this.#entries) {
      if (bytes >= batchBytesMax) break;
      count += 1;
      bytes += Buffer.isBuffer(entry) ? entry.length : 0;
    }
    this.#bytes -= bytes;
    return this.#entries.splice(0, count);
  }

  putBack(entries: readonly Entry[]): void {
    this.#entries.unshift(...entries);
    for (const entry of entries) this.#bytes += Buffer.isBuffer(entry) ? entry.length : 0;
  }
}
