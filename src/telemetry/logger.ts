import { type DestinationStream, destination, type Logger as PinoLogger, pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Structured lines on standard error; standard output belongs to what a person asked for. */
export type Logger = PinoLogger;

export interface CreatedLogger {
  readonly logger: Logger;
  /** Writes what is buffered; call it before the process ends. */
  close(): void;
}

/** Lines buffered at most before a write, in bytes: one system call for many access lines under load. */
const bufferBytes = 4096;
/** A line waits at most this long in the buffer, in milliseconds. */
const flushMs = 200;

export function createLogger(level: LogLevel): CreatedLogger {
  const stream = destination({ fd: 2, sync: false, minLength: bufferBytes, periodicFlush: flushMs });
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    stream as DestinationStream,
  );
  return { logger, close: () => stream.flushSync() };
}
