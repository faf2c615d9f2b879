import { type DestinationStream, destination, type Logger as PinoLogger, pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Structured lines on standard error; standard output belongs to what a person asked for. */
export type Logger = PinoLogger;

export interface CreatedLogger {
  readonly logger: Logger;
  /** Writes what is buffered, if anybody still reads it; call it before the process ends. */
  close(): Promise<void>;
}

/** Lines buffered at most before a write, in bytes: one system call for many access lines under load. */
const bufferBytes = 4096;
/** A line waits at most this long in the buffer, in milliseconds. */
const flushMs = 200;
/** Whoever reads the log may have stopped reading: the end of the process waits this long at most, in milliseconds. */
const closeMsMax = 1000;

export function createLogger(level: LogLevel): CreatedLogger {
  const stream = destination({ fd: 2, sync: false, minLength: bufferBytes, periodicFlush: flushMs });
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    stream as DestinationStream,
  );
  return { logger, close: () => flush(stream) };
}

/** Not `flushSync`: where the log's reader is gone, it tries again for good and blocks the whole process. */
function flush(stream: ReturnType<typeof destination>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, closeMsMax);
    stream.flush(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
