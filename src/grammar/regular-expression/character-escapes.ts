import { type CodePointSet, complement, toCodePointSet, unite } from '../automaton/code-point-set.ts';

/** The character classes of ECMA-262 (section 22.2.2.9, CharacterClassEscape). */
export const digits: CodePointSet = toCodePointSet([[0x30, 0x39]]);
export const wordCharacters: CodePointSet = toCodePointSet([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]);
export const lineTerminators: CodePointSet = toCodePointSet('\n\r\u2028\u2029');
export const whiteSpace: CodePointSet = unite(
  toCodePointSet([
    [0x09, 0x0d],
    [0x2000, 0x200a],
  ]),
  toCodePointSet(' \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff'),
);

/** The set behind \d, \D, \w, \W, \s or \S; undefined for another letter. */
export function toEscapedClass(letter: string): CodePointSet | undefined {
  switch (letter) {
    case 'd':
      return digits;
    case 'D':
      return complement(digits);
    case 'w':
      return wordCharacters;
    case 'W':
      return complement(wordCharacters);
    case 's':
      return whiteSpace;
    case 'S':
      return complement(whiteSpace);
    default:
      return undefined;
  }
}

/** The code point behind \t, \n, \r, \f or \v; undefined for another letter. */
export function toControlEscape(letter: string): number | undefined {
  const at = 'tnvfr'.indexOf(letter);
  return at < 0 || letter === '' ? undefined : 0x09 + at;
}
