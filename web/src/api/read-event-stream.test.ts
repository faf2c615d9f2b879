import { expect, test } from 'vitest';
import { createEventSplitter, readEventStream } from './read-event-stream.ts';

const text =
  ': a comment\n\ndata: {"a":1}\n\nevent: x\ndata:two\ndata: lines\r\n\r\ndata: last\r\rdata: [DONE]\n\n';
const expected = ['{"a":1}', 'two\nlines', 'last', '[DONE]'];

test.each([1, 2, 3, 7, 1000])('pieces of %i characters give the same events', (length) => {
  const split = createEventSplitter();
  const events = [];
  for (let at = 0; at < text.length; at += length) events.push(...split(text.slice(at, at + length)));
  expect(events).toEqual(expected);
});

test('an event without its end is not there yet', () => {
  const split = createEventSplitter();
  expect(split('data: a\n')).toEqual([]);
  expect(split('\n')).toEqual(['a']);
});

test('characters may be cut between bytes', async () => {
  const bytes = new TextEncoder().encode('data: ä😀\n\n');
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const events: string[] = [];
  for await (const some of readEventStream(stream)) events.push(...some);
  expect(events).toEqual(['ä😀']);
});
