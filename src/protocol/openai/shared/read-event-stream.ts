import { createEventStreamParser } from './event-stream-parser.ts';

/**
 * The data of each server-sent event, as `createEventStreamParser` reads them.
 *
 * @throws {EventStreamError} for an event of more than `eventCharactersMax`.
 */
export async function* readEventStream(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  // It also drops the byte order mark that the standard allows at the start.
  const decoder = new TextDecoder();
  let events: string[] = [];
  const parser = createEventStreamParser((event) => events.push(event));
  for await (const piece of bytes) {
    parser.push(decoder.decode(piece, { stream: true }));
    if (events.length === 0) continue;
    const read = events;
    events = [];
    yield* read;
  }
}
