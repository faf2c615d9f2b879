import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Logger } from '../src/telemetry/logger.ts';

/** A log that stays in memory. */
export interface MemoryLog {
  readonly logger: Logger;
  /** Everything that was logged, as text. */
  text(): string;
  lines(): readonly Readonly<Record<string, unknown>>[];
}

/** @param hideSecrets gets each line as it would be written */
export function createMemoryLog(hideSecrets: (line: string) => string = (line) => line): MemoryLog {
  const texts: string[] = [];
  const stream = new Writable({
    write(bytes: Buffer, _encoding, done) {
      texts.push(hideSecrets(bytes.toString()));
      done();
    },
  });
  const text = () => texts.join('');
  return {
    logger: pino({ level: 'debug', base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream),
    text,
    lines: () =>
      text()
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Record<string, unknown> => JSON.parse(line)),
  };
}
