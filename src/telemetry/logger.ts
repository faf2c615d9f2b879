import { type Logger as PinoLogger, pino } from 'pino';
import { createLineWriter, type LineLoss } from './line-writer.ts';
import { openLogSink } from './log-sink.ts';
import { toHumanLine } from './to-human-line.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Structured log lines on standard error. Standard output is for the results of commands. */
export type Logger = PinoLogger;

export interface CreatedLogger {
  readonly logger: Logger;
  /** Writes waiting lines if the reader still exists. Call it before the process ends. */
  close(): Promise<void>;
}

/**
 * Readable lines on a terminal, JSON elsewhere. If the log can't be written, the server continues; lines are
 * dropped and counted.
 */
export function createLogger(level: LogLevel): CreatedLogger {
  const { write, close } = openLines(2);
  return { logger: createPinoLogger(level, write), close };
}

/** Announcements of the server to its operator, on standard output. */
export interface Announcer {
  /** Whether a person reads it. */
  readonly isTerminal: boolean;
  /** Writes the text on a terminal; elsewhere one line of JSON with the message and the fields. */
  tell(announcement: Announcement): void;
  close(): Promise<void>;
}

export interface Announcement {
  /** For a terminal, with line ends. */
  readonly text: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** It can't fail and never waits for a reader. */
export function createAnnouncer(): Announcer {
  const { isTerminal, write, writeText, close } = openLines(1);
  const logger = createPinoLogger('info', write);
  return {
    isTerminal,
    tell: ({ text, message, fields }) => {
      if (isTerminal) writeText(text);
      else logger.info(fields, message);
    },
    close,
  };
}

function openLines(fd: 1 | 2) {
  const sink = openLogSink(fd);
  const { isTerminal } = sink;
  const toLine = (line: string) => (isTerminal ? toHumanLine(line) : line);
  const writer = createLineWriter(sink, (loss) => toLine(toLossLine(loss)));
  return {
    isTerminal,
    write: (line: string) => writer.write(toLine(line)),
    writeText: (text: string) => writer.write(text),
    close: () => writer.close(),
  };
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
