import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTriggerWatch, type FoundTrigger } from './create-trigger-watch.ts';

const call = { text: '<tool_call>', isAtStart: false };
const name = { text: '{"name": "', isAtStart: true };

function watch(pieces: readonly string[], triggers = [call, name]): FoundTrigger[] {
  const own = createTriggerWatch(triggers);
  return pieces.flatMap((piece) => own.push(piece) ?? []);
}

test('a trigger is found wherever it is cut, once, with what came past it', () => {
  const text = 'I look. <tool_call>\n{';
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
      const edges = [0, ...cuts.sort((one, other) => one - other), text.length];
      const pieces = edges.slice(1).map((end, index) => text.slice(edges[index], end));
      const found = watch(pieces);
      expect(found.map(({ trigger }) => trigger)).toEqual([call]);
      const { rest = '' } = found[0] ?? {};
      const done = edges.find((edge) => edge >= text.length - 2) ?? text.length;
      expect(rest).toBe(text.slice(text.length - 2, done));
    }),
  );
});

test('one that may only be at the start is not found elsewhere, white space apart', () => {
  expect(watch([' \n', '{"na', 'me": "a'])).toEqual([{ trigger: name, rest: 'a' }]);
  expect(watch(['As JSON: {"name": "'])).toEqual([]);
  expect(watch(['As JSON', ': ', '{"na', 'me": "'])).toEqual([]);
});

test('of two that begin alike the longer is found, and a second call after the first', () => {
  const short = { text: '<tool', isAtStart: false };
  expect(watch(['a <tool_call> b'], [short, call])).toEqual([{ trigger: call, rest: ' b' }]);
  expect(watch(['<tool_call>x', '<tool_', 'call>y']).map(({ rest }) => rest)).toEqual(['x', 'y']);
});
