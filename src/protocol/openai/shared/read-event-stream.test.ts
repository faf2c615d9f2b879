import { describe, expect, it } from 'vitest';
import { EventStreamError, eventCharactersMax } from './event-stream-parser.ts';
import { readEventStream } from './read-event-stream.ts';

async function* cut(text: string, pieceBytes: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function read(text: string, pieceBytes = text.length * 4 + 1): Promise<string[]> {
  const found: string[] = [];
  for await (const data of readEventStream(cut(text, pieceBytes))) found.push(data);
  return found;
}

describe('readEventStream', () => {
  it.each([
    ['one event', 'data: {"a":1}\n\n', ['{"a":1}']],
    ['no space after the colon', 'data:x\n\n', ['x']],
    ['only one space is dropped', 'data:  x\n\n', [' x']],
    ['lines of one event', 'data: a\ndata: b\n\n', ['a\nb']],
    ['an empty value', 'data\n\ndata:\n\n', ['', '']],
    ['comments and other fields', ': ping\n\nevent: e\nid: 1\nretry: 5\ndata: x\n\n', ['x']],
    ['a field that only begins like data', 'database: x\n\n', []],
    ['CR LF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['CR', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['a byte order mark', '\uFEFFdata: a\n\n', ['a']],
    ['separators that are not line ends', 'data: a\u2028b\u0085c\n\n', ['a\u2028b\u0085c']],
    ['an event that is cut off', 'data: a\n\ndata: b\n', ['a']],
    ['many bytes to a character', 'data: 😀é\n\n', ['😀é']],
    ['nothing', '', []],
  ])('%s', async (_, text, expected) => {
    expect(await read(text)).toStrictEqual(expected);
    for (const pieceBytes of [1, 2, 3]) expect(await read(text, pieceBytes)).toStrictEqual(expected);
  });

  it('gives an event out before the next bytes come', async () => {
    let pieces = 0;
    async function* slow() {
      for (const text of ['data: a\n\n', 'data: b\n\n']) {
        pieces += 1;
        yield new TextEncoder().encode(text);
      }
    }
    const events = readEventStream(slow());
    expect(await events.next()).toStrictEqual({ done: false, value: 'a' });
    expect(pieces).toBe(1);
  });

  it('refuses an event without an end', async () => {
    const half = 'x'.repeat(eventCharactersMax / 2 + 1);
    await expect(read(`data: ${half}\ndata: ${half}\n\n`)).rejects.toThrow(EventStreamError);
    await expect(read(`data: ${half}${half}`)).rejects.toThrow(EventStreamError);
  });
});
