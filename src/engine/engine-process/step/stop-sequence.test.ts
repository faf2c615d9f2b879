import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStopSequenceMatcher } from './stop-sequence.ts';

/** Feeds the pieces; returns the shown text and whether it stopped. */
function run(pieces: readonly string[], sequences: readonly string[]) {
  const matcher = createStopSequenceMatcher(sequences);
  let shown = '';
  for (const piece of pieces) {
    const { text, match } = matcher.push(piece);
    shown += text;
    if (match !== undefined) {
      return { shown, match };
    }
  }
  return { shown: shown + matcher.flush(), match: undefined };
}

describe('stop sequences', () => {
  test.each([
    { pieces: ['Hello', ' wor', 'ld'], sequences: ['wor'], shown: 'Hello ', match: 'wor' },
    { pieces: ['ab', 'c', 'abd'], sequences: ['abd'], shown: 'abc', match: 'abd' },
    { pieces: ['aa', 'ab'], sequences: ['aab'], shown: 'a', match: 'aab' },
    { pieces: ['one', '\n', '\n', 'two'], sequences: ['\n\n'], shown: 'one', match: '\n\n' },
    { pieces: ['one', '\n', 'two'], sequences: ['\n\n'], shown: 'one\ntwo', match: undefined },
    { pieces: ['xSTOPy'], sequences: ['y', 'STOP'], shown: 'x', match: 'STOP' },
    { pieces: ['tail STO'], sequences: ['STOP'], shown: 'tail STO', match: undefined },
    { pieces: ['a', '', 'b'], sequences: [], shown: 'ab', match: undefined },
    { pieces: ['🌊', '🚢'], sequences: ['🌊🚢'], shown: '', match: '🌊🚢' },
  ])('$pieces with $sequences', ({ pieces, sequences, shown, match }) => {
    expect(run(pieces, sequences)).toEqual({ shown, match });
  });

  test('text that could become a stop sequence is not shown before it is known', () => {
    const matcher = createStopSequenceMatcher(['</end>']);
    expect(matcher.push('text</')).toEqual({ text: 'text', match: undefined });
    expect(matcher.push('en')).toEqual({ text: '', match: undefined });
    expect(matcher.push('x')).toEqual({ text: '</enx', match: undefined });
  });

  test('however the text is cut, no part of a stop sequence is shown and nothing else is lost', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 });
    const sequence = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(letters, { maxLength: 8 }),
        fc.array(sequence, { maxLength: 3 }),
        (pieces, sequences) => {
          const { shown, match } = run(pieces, sequences);
          const whole = pieces.join('');
          expect(whole.startsWith(shown)).toBe(true);
          expect(sequences.some((one) => shown.includes(one))).toBe(false);
          expect(match !== undefined).toBe(sequences.some((one) => whole.includes(one)));
          if (match === undefined) {
            expect(shown).toBe(whole);
          } else {
            expect(whole.startsWith(shown + match)).toBe(true);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
