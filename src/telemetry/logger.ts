import { type Logger as PinoLogger, pino } from 'pino';
import { createSecretFilter, type SecretFilter } from './hide-secrets.ts';
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

/** `auto`: readable lines on a terminal, JSON elsewhere. */
export type LogFormat = 'auto' | 'human' | 'json';

export interface LineOptions {
  readonly format?: LogFormat;
  /** Knows the texts that no line may have. Default: one that hides everything that looks like a key. */
  readonly secretFilter?: SecretFilter;
}

/** If the log can't be written, the server continues; lines are dropped and counted. */
export function createLogger(level: LogLevel, options: LineOptions = {}): CreatedLogger {
  const { write, close } = openLines(2, options);
  return { logger: createPinoLogger(level, write), close };
}

/** Announcements of the server to its operator, on standard output. */
export interface Announcer {
  /** Whether a person reads it. */
  readonly isTerminal: boolean;
  /** Writes the text on a terminal; elsewhere, or with the format `json`, one line with the message and the fields. */
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
export function createAnnouncer(options: LineOptions = {}): Announcer {
  const { isTerminal, write, writeText, close } = openLines(1, options);
  const logger = createPinoLogger('info', write);
  return {
    isTerminal,
    tell: ({ text, message, fields }) => {
      if (isTerminal && options.format !== 'json') writeText(text);
      else logger.info(fields, message);
    },
    close,
  };
}

function openLines(fd: 1 | 2, { format = 'auto', secretFilter = createSecretFilter() }: LineOptions) {
  const sink = openLogSink(fd);
  const { isTerminal } = sink;
  const isHuman = format === 'human' || (format === 'auto' && isTerminal);
  const toLine = (line: string) => {
    const safe = secretFilter.hide(line);
    return isHuman ? toHumanLine(safe) : safe;
  };
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
