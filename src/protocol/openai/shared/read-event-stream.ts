/** An event of more than this is no chat chunk: the other side is broken or hostile. In UTF-16 code units. */
export const eventCharactersMax = 16 * 1024 * 1024;

/** A stream that breaks the form of server-sent events. */
export class EventStreamError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EventStreamError';
  }
}

/**
 * The data of each server-sent event, however the bytes were cut on their way. Comments and other fields are
 * skipped, and an event that the end of the stream cut off is dropped, as the standard has it.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 *
 * @throws EventStreamError for an event of more than `eventCharactersMax`.
 */
export async function* readEventStream(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  let data: string[] = [];
  let dataCharacters = 0;
  for await (const line of readLines(bytes)) {
    if (line === '') {
      if (data.length > 0) yield data.join('\n');
      data = [];
      dataCharacters = 0;
      continue;
    }
    const value = toDataValue(line);
    if (value !== undefined) {
      dataCharacters += value.length;
      assertSize(dataCharacters);
      data.push(value);
    }
  }
}

/** The value of a `data` line without the one space that may lead it; undefined for any other line. */
function toDataValue(line: string): string | undefined {
  if (line === 'data') return '';
  return /^data: ?(.*)$/s.exec(line)?.[1];
}

/** Lines end at CR, LF or both together; a last line without its end was cut off and is not given out. */
async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  // It also drops the byte order mark that the standard allows at the start.
  const decoder = new TextDecoder();
  let rest = '';
  let endedInCarriageReturn = false;
  for await (const piece of bytes) {
    let text = decoder.decode(piece, { stream: true });
    if (text === '') continue;
    if (endedInCarriageReturn && text.startsWith('\n')) text = text.slice(1);
    endedInCarriageReturn = text.endsWith('\r');
    const lines = (rest + text).split(/\r\n|\r|\n/);
    rest = lines.pop() ?? '';
    assertSize(rest.length);
    yield* lines;
  }
}

function assertSize(characters: number): void {
  if (characters > eventCharactersMax) {
    throw new EventStreamError(`One event of the stream has more than ${eventCharactersMax} characters.`);
  }
}
