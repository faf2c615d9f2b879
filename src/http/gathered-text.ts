import type { ServerResponse } from 'node:http';

/** Text on its way to a client. */
export interface GatheredText {
  add(text: string): void;
  /** What is not written yet, for the caller to write. */
  take(): string;
}

/** More are written at once, so that a client that does not read is noticed within a turn. */
const charactersMax = 16 * 1024;

/**
 * Writes the texts of one turn of the event loop together. Node sends them together in any case, but each write costs more
 * than the token in it.
 */
export function createGatheredText(raw: ServerResponse): GatheredText {
  let waiting = '';
  const take = () => {
    const text = waiting;
    waiting = '';
    return text;
  };
  const write = () => {
    const text = take();
    if (text !== '' && !raw.destroyed) raw.write(text);
  };
  return {
    add: (text) => {
      if (waiting === '') process.nextTick(write);
      waiting += text;
      if (waiting.length >= charactersMax) write();
    },
    take,
  };
}
