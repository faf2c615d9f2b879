/** An event of more than this is no chat chunk: the other side is broken or hostile. In UTF-16 code units. */
export const eventCharactersMax = 16 * 1024 * 1024;

/** A stream that breaks the form of server-sent events. */
export class EventStreamError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EventStreamError';
  }
}

export interface EventStreamParser {
  /**
   * Reads on. A byte order mark at the start is no part of it.
   *
   * @throws {EventStreamError} for an event of more than `eventCharactersMax`
   */
  push(text: string): void;
}

/**
 * Gives out the data of each server-sent event, however the text was cut on its way. Comments and other fields are skipped,
 * and an event that the end of the stream cut off is dropped, as the standard has it.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createEventStreamParser(onData: (data: string) => void): EventStreamParser {
  let data: string | undefined;
  let rest = '';
  let endedInCarriageReturn = false;
  const takeLine = (line: string): void => {
    if (line === '') {
      const whole = data;
      data = undefined;
      if (whole !== undefined) onData(whole);
      return;
    }
    const value = toDataValue(line);
    if (value === undefined) return;
    data = data === undefined ? value : `${data}\n${value}`;
    assertSize(data.length);
  };
  return {
    push: (piece) => {
      if (piece === '') return;
      let start = endedInCarriageReturn && piece.startsWith('\n') ? 1 : 0;
      endedInCarriageReturn = piece.endsWith('\r');
      const hasCarriageReturns = piece.includes('\r');
      for (;;) {
        const end = findLineEnd(piece, start, hasCarriageReturns);
        if (end < 0) break;
        // Only the first line began in an earlier piece, which is not searched again.
        const line = rest + piece.slice(start, end);
        rest = '';
        start = piece.startsWith('\r\n', end) ? end + 2 : end + 1;
        takeLine(line);
      }
      rest += piece.slice(start);
      assertSize(rest.length);
    },
  };
}

/** Lines end at CR, LF or both together. */
function findLineEnd(text: string, start: number, hasCarriageReturns: boolean): number {
  const newline = text.indexOf('\n', start);
  if (!hasCarriageReturns) return newline;
  const carriageReturn = text.indexOf('\r', start);
  if (carriageReturn < 0) return newline;
  return newline < 0 ? carriageReturn : Math.min(newline, carriageReturn);
}

/** The value of a `data` line without the one space that may lead it; undefined for any other line. */
function toDataValue(line: string): string | undefined {
  if (line === 'data') return '';
  if (!line.startsWith('data:')) return undefined;
  return line.slice(line.startsWith(' ', 5) ? 6 : 5);
}

function assertSize(characters: number): void {
  if (characters > eventCharactersMax) {
    throw new EventStreamError(`One event of the stream has more than ${eventCharactersMax} characters.`);
  }
}
