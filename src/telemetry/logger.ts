import { type Logger as PinoLogger, pino } from 'pino';
import { createLineWriter, type LineLoss } from './line-writer.ts';
import { openLogSink } from './log-sink.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Structured lines on standard error; standard output belongs to what a person asked for. */
export type Logger = PinoLogger;

export interface CreatedLogger {
  readonly logger: Logger;
  /** Writes what waits, if anybody still reads it; call it before the process ends. */
  close(): Promise<void>;
}

/** A log that can't be written stops nothing: its lines are dropped and counted. */
export function createLogger(level: LogLevel): CreatedLogger {
  const writer = createLineWriter(openLogSink(2), toLossLine);
  return { logger: createPinoLogger(level, (line) => writer.write(line)), close: () => writer.close() };
}

function createPinoLogger(level: LogLevel, write: (line: string) => void): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
}

function toLossLine({ lines, reason }: LineLoss): string {
  let text = '';
  const logger = createPinoLogger('warn', (line) => {
    text = line;
  });
  logger.warn({ lines, reason }, 'lines of the log were lost here: they could not be written');
  return text;
}
