import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStopSequenceMatcher } from './stop-sequence.ts';

/** Feeds the pieces; returns the shown text and whether it stopped. */
function run(pieces: readonly string[], sequences: readonly string[]) {
  const matcher = createStopSequenceMatcher(sequences);
  let shown = '';
  for (const piece of pieces) {
    const { text, isMatch } = matcher.push(piece);
    shown += text;
    if (isMatch) {
      return { shown, isStopped: true };
    }
  }
  return { shown: shown + matcher.flush(), isStopped: false };
}

describe('stop sequences', () => {
  test.each([
    { pieces: ['Hello', ' wor', 'ld'], sequences: ['wor'], shown: 'Hello ', isStopped: true },
    { pieces: ['ab', 'c', 'abd'], sequences: ['abd'], shown: 'abc', isStopped: true },
    { pieces: ['aa', 'ab'], sequences: ['aab'], shown: 'a', isStopped: true },
    { pieces: ['one', '\n', '\n', 'two'], sequences: ['\n\n'], shown: 'one', isStopped: true },
    { pieces: ['one', '\n', 'two'], sequences: ['\n\n'], shown: 'one\ntwo', isStopped: false },
    { pieces: ['xSTOPy'], sequences: ['y', 'STOP'], shown: 'x', isStopped: true },
    { pieces: ['tail STO'], sequences: ['STOP'], shown: 'tail STO', isStopped: false },
    { pieces: ['a', '', 'b'], sequences: [], shown: 'ab', isStopped: false },
    { pieces: ['🌊', '🚢'], sequences: ['🌊🚢'], shown: '', isStopped: true },
  ])('$pieces with $sequences', ({ pieces, sequences, shown, isStopped }) => {
    expect(run(pieces, sequences)).toEqual({ shown, isStopped });
  });

  test('text that could become a stop sequence is not shown before it is known', () => {
    const matcher = createStopSequenceMatcher(['</end>']);
    expect(matcher.push('text</')).toEqual({ text: 'text', isMatch: false });
    expect(matcher.push('en')).toEqual({ text: '', isMatch: false });
    expect(matcher.push('x')).toEqual({ text: '</enx', isMatch: false });
  });

  test('however the text is cut, no part of a stop sequence is shown and nothing else is lost', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 });
    const sequence = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(letters, { maxLength: 8 }),
        fc.array(sequence, { maxLength: 3 }),
        (pieces, sequences) => {
          const { shown, isStopped } = run(pieces, sequences);
          const whole = pieces.join('');
          expect(whole.startsWith(shown)).toBe(true);
          expect(sequences.some((one) => shown.includes(one))).toBe(false);
          expect(isStopped).toBe(sequences.some((one) => whole.includes(one)));
          if (!isStopped) {
            expect(shown).toBe(whole);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
