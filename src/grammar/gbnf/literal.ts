import { type CodePointSet, codePointMax, complement, subtract } from '../automaton/code-point-set.ts';
import { surrogates } from './without-surrogates.ts';

/** `text` as a GBNF literal. */
export function toLiteral(text: string): string {
  let literal = '';
  for (const character of text) {
    literal += escapeInLiteral(character);
  }
  return `"${literal}"`;
}

/**
 * A set of characters as a GBNF class, positive or negated, whichever is shorter. Not for the empty set.
 * Halves of surrogate pairs never occur in a text, so the class may contain them or not.
 */
export function toCharacterClass(set: CodePointSet): string {
  if (set.at(-1) !== codePointMax) return `[${toRanges(set)}]`;
  const others = subtract(complement(set), surrogates);
  return others.length === 0 ? '.' : `[^${toRanges(others)}]`;
}

function toRanges(set: CodePointSet): string {
  let ranges = '';
  for (let index = 0; index + 1 < set.length; index += 2) {
    const from = set[index] ?? 0;
    const to = set[index + 1] ?? 0;
    ranges += escapeInClass(from);
    if (to > from) {
      ranges += to === from + 1 ? escapeInClass(to) : `-${escapeInClass(to)}`;
    }
  }
  return ranges;
}

function escapeInLiteral(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  return isPlain(character.codePointAt(0) ?? 0) ? character : toEscape(character.codePointAt(0) ?? 0);
}

/** One character inside of a class, where `]`, `-` and `^` have meanings too. */
export function escapeInClass(codePoint: number): string {
  const isPlainInClass =
    isPlain(codePoint) && codePoint < 0x7f && !`"\\[]-^`.includes(String.fromCodePoint(codePoint));
  return isPlainInClass ? String.fromCodePoint(codePoint) : toEscape(codePoint);
}

/** Controls and lone surrogates can't stand in a grammar's text as they are. */
function isPlain(codePoint: number): boolean {
  return codePoint >= 0x20 && codePoint !== 0x7f && (codePoint < 0xd800 || codePoint > 0xdfff);
}

function toEscape(codePoint: number): string {
  const hex = codePoint.toString(16).toUpperCase();
  if (codePoint <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return codePoint <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
