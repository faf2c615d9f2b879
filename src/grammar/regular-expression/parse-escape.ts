import { type CodePointSet, complement } from '../automaton/code-point-set.ts';
import { toControlEscape, toEscapedClass } from './character-escapes.ts';
import type { PatternReader } from './pattern-reader.ts';
import { toPropertySet } from './to-property-set.ts';
import { createSyntaxError, createUnsupportedError } from './unsupported-pattern-error.ts';

/** The meaning of an escape: one code point, or a set. */
export type Escape = { readonly codePoint: number } | { readonly set: CodePointSet };

/**
 * Reads what follows a backslash, inside or outside of a class, except assertions and back-references. Takes the
 * spellings of both modes: \u{…} and \p{…} as with the flag u, others leniently as without it (annex B).
 */
export function parseEscape(reader: PatternReader): Escape {
  const start = reader.offset - 1;
  const letter = reader.peek();
  const set = toEscapedClass(letter);
  if (set !== undefined) {
    reader.offset++;
    return { set };
  }
  if ((letter === 'p' || letter === 'P') && reader.source.charAt(reader.offset + 1) === '{') {
    return { set: parseProperty(reader, start) };
  }
  const codePoint = toControlEscape(letter);
  if (codePoint !== undefined) {
    reader.offset++;
    return { codePoint };
  }
  return { codePoint: parseCharacterEscape(reader, letter, start) };
}

function parseProperty(reader: PatternReader, start: number): CodePointSet {
  const match = reader.takeMatch(/([pP])\{([^}]{0,130})\}/y);
  const set = match?.[2] === undefined ? undefined : toPropertySet(match[2]);
  if (set === undefined) throw createSyntaxError('unknown property name', start);
  return match?.[1] === 'P' ? complement(set) : set;
}

function parseCharacterEscape(reader: PatternReader, letter: string, start: number): number {
  switch (letter) {
    case 'x':
      return toCodePoint(reader.takeMatch(/x([0-9a-fA-F]{2})/y)?.[1], 16) ?? reader.takeCodePoint();
    case 'u':
      return parseUnicodeEscape(reader, start);
    case 'c': {
      const control = reader.takeMatch(/c([a-zA-Z])/y)?.[1];
      if (control === undefined) throw createUnsupportedError('\\c without a letter', start);
      return control.charCodeAt(0) % 32;
    }
    default:
      return toCodePoint(reader.takeMatch(/[0-3][0-7]{0,2}|[4-7][0-7]?/y)?.[0], 8) ?? reader.takeCodePoint();
  }
}

function parseUnicodeEscape(reader: PatternReader, start: number): number {
  const pair = reader.takeMatch(/u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/y);
  if (pair?.[1] !== undefined && pair[2] !== undefined) {
    return (Number.parseInt(pair[1], 16) - 0xd800) * 0x400 + Number.parseInt(pair[2], 16) - 0xdc00 + 0x10000;
  }
  const match = reader.takeMatch(/u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,16})\})/y);
  const codePoint = toCodePoint(match?.[1] ?? match?.[2], 16) ?? reader.takeCodePoint();
  if (codePoint > 0x10ffff) throw createSyntaxError('a code point above 10FFFF', start);
  return codePoint;
}

function toCodePoint(spelled: string | undefined, radix: number): number | undefined {
  return spelled === undefined ? undefined : Number.parseInt(spelled, radix);
}
