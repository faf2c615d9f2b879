import {
  type CodePointSet,
  complement,
  noCodePoint,
  toCodePointSet,
  unite,
} from '../automaton/code-point-set.ts';
import { ignoreCase } from './ignore-case.ts';
import { type Escape, parseEscape } from './parse-escape.ts';
import type { PatternReader } from './pattern-reader.ts';
import { createSyntaxError } from './unsupported-pattern-error.ts';

/** Reads a class from behind its opening bracket to behind its closing one. */
export function parseClass(reader: PatternReader, ignoresCase: boolean): CodePointSet {
  const start = reader.offset - 1;
  const isNegated = reader.take('^');
  const ranges: (readonly [number, number])[] = [];
  const sets: CodePointSet[] = [];
  const add = (member: Escape) => {
    if ('set' in member) sets.push(member.set);
    else ranges.push([member.codePoint, member.codePoint]);
  };
  while (!reader.take(']')) {
    if (reader.isAtEnd) throw createSyntaxError('a class that is not closed', start);
    const offset = reader.offset;
    const from = parseMember(reader);
    if (!reader.startsWith('-') || reader.startsWith('-]')) {
      add(from);
      continue;
    }
    reader.offset++;
    const to = parseMember(reader);
    if ('set' in from || 'set' in to) {
      // Annex B: next to a class the hyphen is a character, as in [\w-.].
      for (const member of [from, { codePoint: 0x2d }, to]) add(member);
    } else {
      if (from.codePoint > to.codePoint) throw createSyntaxError('a range that runs backwards', offset);
      ranges.push([from.codePoint, to.codePoint]);
    }
  }
  const united = unite(toCodePointSet(ranges), ...sets, noCodePoint);
  const set = ignoresCase ? ignoreCase(united) : united;
  return isNegated ? complement(set) : set;
}

function parseMember(reader: PatternReader): Escape {
  if (!reader.take('\\')) return { codePoint: reader.takeCodePoint() };
  // Inside of a class \b is the backspace.
  return reader.take('b') ? { codePoint: 0x08 } : parseEscape(reader);
}
