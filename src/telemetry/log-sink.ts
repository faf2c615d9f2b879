import { closeSync, constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';

/** The destination of lines: a terminal, a pipe, a socket or a file. */
export interface LogSink {
  readonly isTerminal: boolean;
  /**
   * Tries once. Resolves with the number of written bytes, 0 while the reader is busy. Rejects with the
   * system error if writing is not possible now, for example on a full disk.
   */
  write(bytes: Buffer): Promise<number>;
  close(): void;
}

/**
 * Writes never block the event loop, and never block a thread of libuv's pool forever. Node joins these
 * threads at exit, so a process with an unread log would never end.
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
    // A socket can't be opened by name. Node made it non-blocking when it created the stream.
    void (fd === 1 ? process.stdout : process.stderr).writable;
    return { isTerminal, write: (bytes) => tryWrite(fd, bytes), close: () => undefined };
  }
  return { isTerminal, write: (bytes) => writeFile(fd, bytes), close: () => undefined };
}

/**
 * Open a separate file description. The mode of the inherited one is shared with the processes that passed it
 * on.
 */
function openNonBlocking(fd: number): number | undefined {
  try {
    return openSync(`/dev/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // This system has no such folder, or the terminal belongs to another user.
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
