import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toErrorBody } from './error.ts';
import { doneEvent, pingComment, toDataEvent, toErrorEvent } from './server-sent-events.ts';

test('the fixed lines', () => {
  expect(doneEvent).toBe('data: [DONE]\n\n');
  expect(pingComment).toBe(': ping\n\n');
  expect(toErrorEvent(toErrorBody({ message: 'a', type: 'b', param: null, code: 'c' }))).toBe(
    'data: {"error":{"message":"a","type":"b","param":null,"code":"c"}}\n\n',
  );
});

/** Everything at which a widely used reader ends a line; Python's str.splitlines has the longest list. */
const lineEnds = ['\n', '\r', '\v', '\f', '\x1c', '\x1d', '\x1e', '\u0085', '\u2028', '\u2029'];

test('any text is one line for every reader and comes back whole', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...lineEnds, '\\', '"', '😀')).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (content) => {
      const event = toDataEvent({ content });
      expect(event.startsWith('data: ')).toBe(true);
      expect(event.endsWith('\n\n')).toBe(true);
      const line = event.slice('data: '.length, -2);
      expect(lineEnds.filter((end) => line.includes(end))).toEqual([]);
      expect(JSON.parse(line)).toEqual({ content });
    }),
    { numRuns: 500 },
  );
});
