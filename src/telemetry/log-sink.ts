import { closeSync, constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';

/** Where lines go: a terminal, a pipe, a socket or a file. */
export interface LogSink {
  readonly isTerminal: boolean;
  /**
   * Tries once. Resolves with the bytes that were written; 0 while the reader is busy. Rejects with the system's error
   * where nothing can be written now, as on a full disk.
   */
  write(bytes: Buffer): Promise<number>;
  close(): void;
}

/**
 * No write to it waits in the event loop's thread, nor forever in a thread of libuv's pool: Node joins those threads
 * when it ends, and a process whose log nobody reads would never end.
 */
export function openLogSink(fd: number): LogSink {
  const isTerminal = isatty(fd);
  const stats = fstatSync(fd);
  if (isTerminal || stats.isFIFO()) {
    const own = openNonBlocking(fd);
    if (own !== undefined) {
      return { isTerminal, write: (bytes) => tryWrite(own, bytes), close: () => closeSync(own) };
    }
  }
  if (stats.isSocket()) {
    // A socket can't be opened by its name. Node has made it non-blocking when it made the stream.
    void (fd === 1 ? process.stdout : process.stderr).writable;
    return { isTerminal, write: (bytes) => tryWrite(fd, bytes), close: () => undefined };
  }
  return { isTerminal, write: (bytes) => writeFile(fd, bytes), close: () => undefined };
}

/** A description of our own: the mode of the one that we got is shared with the processes that gave it. */
function openNonBlocking(fd: number): number | undefined {
  try {
    return openSync(`/dev/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // No such folder on this system, or a terminal of another user.
    return undefined;
  }
}

async function tryWrite(fd: number, bytes: Buffer): Promise<number> {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
    throw error;
  }
}

const writeToFile = promisify(write);

async function writeFile(fd: number, bytes: Buffer): Promise<number> {
  const { bytesWritten } = await writeToFile(fd, bytes);
  return bytesWritten;
}
