import { AutomatonTooLargeError } from '../automaton/automaton-limits.ts';
import { complement, everyCodePoint } from '../automaton/code-point-set.ts';
import { lineTerminators } from './character-escapes.ts';
import { ignoreCase } from './ignore-case.ts';
import { parseClass } from './parse-class.ts';
import { parseEscape } from './parse-escape.ts';
import type { AssertionNode, PatternNode } from './pattern-node.ts';
import { PatternReader } from './pattern-reader.ts';
import { createSyntaxError, createUnsupportedError } from './unsupported-pattern-error.ts';

/** How long a pattern may be, in UTF-16 units, and how deep its groups may stand inside each other. */
export const patternLengthMax = 65_536;
export const groupDepthMax = 200;

/**
 * Parses an ECMA-262 regular expression as it is found in schemas: with or without the flag u in mind, sometimes
 * with the anchors, named groups and leading flags of Python.
 *
 * @throws UnsupportedPatternError for invalid syntax, and for what no automaton stands for.
 * @throws AutomatonTooLargeError for a pattern that is too long or too deep.
 */
export function parseRegularExpression(source: string): PatternNode {
  if (source.length > patternLengthMax) {
    throw new AutomatonTooLargeError(`The pattern is longer than ${patternLengthMax} characters.`);
  }
  return new PatternParser(source).parse();
}

interface Flags {
  readonly ignoresCase: boolean;
  readonly dotIsAll: boolean;
}

class PatternParser {
  readonly #reader: PatternReader;
  readonly #groupNames = new Set<string>();
  #flags: Flags = { ignoresCase: false, dotIsAll: false };
  #depth = 0;
  /** Number of open look-behinds. A look-ahead inside of them would need both directions. */
  #lookBehinds = 0;
  #groupCount: number | undefined;

  constructor(source: string) {
    this.#reader = new PatternReader(source);
  }

  parse(): PatternNode {
    const flags = this.#reader.takeMatch(/\(\?([a-zA-Z]+)\)/y)?.[1];
    if (flags !== undefined) this.#flags = this.#toFlags(flags, 0);
    const node = this.#parseChoice();
    if (!this.#reader.isAtEnd) throw createSyntaxError('an unmatched )', this.#reader.offset);
    return node;
  }

  #parseChoice(): PatternNode {
    const options = [this.#parseSequence()];
    while (this.#reader.take('|')) options.push(this.#parseSequence());
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
  }

  #parseSequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (!this.#reader.isAtEnd && !this.#reader.startsWith('|') && !this.#reader.startsWith(')')) {
      parts.push(this.#parseTerm());
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'sequence', parts };
  }

  #parseTerm(): PatternNode {
    const atom = this.#parseAtom();
    const offset = this.#reader.offset;
    const counts = this.#takeQuantifier();
    if (counts === undefined) return atom;
    const isAssertion =
      atom.kind === 'text-start' || atom.kind === 'text-end' || atom.kind === 'word-boundary';
    if (isAssertion || atom.kind === 'look-behind') throw createSyntaxError('nothing to repeat', offset);
    if (this.#reader.startsWith('+')) throw createUnsupportedError('A possessive quantifier', offset);
    this.#reader.take('?');
    const again = this.#reader.offset;
    if (this.#takeQuantifier() !== undefined) throw createSyntaxError('nothing to repeat', again);
    return { kind: 'repeat', of: atom, ...counts };
  }

  #takeQuantifier(): { readonly min: number; readonly max: number } | undefined {
    const offset = this.#reader.offset;
    if (this.#reader.take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#reader.take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#reader.take('?')) return { min: 0, max: 1 };
    const match = this.#reader.takeMatch(/\{(\d+)(?:(,)(\d*))?\}/y);
    if (match === undefined) return undefined;
    const min = Number(match[1]);
    const open = match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
    const max = match[2] === undefined ? min : open;
    if (max < min) throw createSyntaxError('a quantifier that runs backwards', offset);
    return { min, max };
  }

  #parseAtom(): PatternNode {
    const reader = this.#reader;
    const offset = reader.offset;
    if (reader.take('^')) return { kind: 'text-start' };
    if (reader.take('$')) return this.#lookAhead({ kind: 'text-end' }, offset);
    if (reader.take('(')) return this.#parseGroup(offset);
    if (reader.take('[')) return { kind: 'characters', set: parseClass(reader, this.#flags.ignoresCase) };
    if (reader.take('\\')) return this.#parseBackslash(offset);
    if (reader.take('.')) {
      return { kind: 'characters', set: this.#flags.dotIsAll ? everyCodePoint : complement(lineTerminators) };
    }
    if (this.#takeQuantifier() !== undefined) throw createSyntaxError('nothing to repeat', offset);
    return this.#toCharacter(reader.takeCodePoint());
  }

  #toCharacter(codePoint: number): PatternNode {
    const set = [codePoint, codePoint];
    return { kind: 'characters', set: this.#flags.ignoresCase ? ignoreCase(set) : set };
  }

  #parseGroup(start: number): PatternNode {
    if (++this.#depth > groupDepthMax) {
      throw new AutomatonTooLargeError(`Its groups are nested more than ${groupDepthMax} levels deep.`);
    }
    const outerFlags = this.#flags;
    const wrap = this.#parseGroupOpening(start);
    const of = this.#parseChoice();
    if (!this.#reader.take(')')) throw createSyntaxError('a group that is not closed', start);
    this.#flags = outerFlags;
    this.#depth--;
    return wrap(of);
  }

  #lookAhead(assertion: AssertionNode, offset: number): PatternNode {
    if (this.#lookBehinds > 0) throw createUnsupportedError('Looking ahead inside of a look-behind', offset);
    return assertion;
  }

  /** Reads the prefix that determines the kind of a group. Returns the function that builds the group. */
  #parseGroupOpening(start: number): (of: PatternNode) => PatternNode {
    const reader = this.#reader;
    if (!reader.startsWith('?') || reader.take('?:')) return toGroup;
    const ahead = reader.takeMatch(/\?([=!])/y)?.[1];
    if (ahead !== undefined) {
      return (of) => this.#lookAhead({ kind: 'look-ahead', isNegated: ahead === '!', of }, start);
    }
    const behind = reader.takeMatch(/\?<([=!])/y)?.[1];
    if (behind !== undefined) {
      this.#lookBehinds++;
      return (of) => {
        this.#lookBehinds--;
        return { kind: 'look-behind', isNegated: behind === '!', of };
      };
    }
    if (reader.startsWith('?P=')) throw createUnsupportedError('A back-reference', start);
    if (reader.startsWith('?>')) throw createUnsupportedError('An atomic group', start);
    const name = reader.takeMatch(/\?P?<([\p{ID_Start}$_][\p{ID_Continue}$]*)>/uy)?.[1];
    if (name !== undefined) {
      if (this.#groupNames.has(name)) throw createSyntaxError('a group name that is taken', start);
      this.#groupNames.add(name);
      return toGroup;
    }
    const flags = reader.takeMatch(/\?([a-zA-Z]+):/y)?.[1];
    if (flags === undefined) throw createSyntaxError('an unknown kind of group', start);
    this.#flags = this.#toFlags(flags, start);
    return toGroup;
  }

  #toFlags(letters: string, offset: number): Flags {
    const unknown = /[^isu]/.exec(letters)?.[0];
    if (unknown !== undefined) throw createUnsupportedError(`The flag ${unknown}`, offset);
    return {
      ignoresCase: this.#flags.ignoresCase || letters.includes('i'),
      dotIsAll: this.#flags.dotIsAll || letters.includes('s'),
    };
  }

  #parseBackslash(start: number): PatternNode {
    const reader = this.#reader;
    if (reader.take('b')) return this.#lookAhead({ kind: 'word-boundary', isNegated: false }, start);
    if (reader.take('B')) return this.#lookAhead({ kind: 'word-boundary', isNegated: true }, start);
    // Python and PCRE: the whole text's ends. ECMA-262 would read these as the letters.
    if (reader.take('A')) return { kind: 'text-start' };
    if (reader.take('z') || reader.take('Z')) return this.#lookAhead({ kind: 'text-end' }, start);
    if (reader.startsWith('k<') || this.#isBackReference())
      throw createUnsupportedError('A back-reference', start);
    const escaped = parseEscape(reader);
    if ('codePoint' in escaped) return this.#toCharacter(escaped.codePoint);
    return { kind: 'characters', set: this.#flags.ignoresCase ? ignoreCase(escaped.set) : escaped.set };
  }

  /** A number that no group has is an octal escape (annex B). */
  #isBackReference(): boolean {
    const { source, offset } = this.#reader;
    const number = Number(/^[1-9]\d{0,4}/.exec(source.slice(offset, offset + 5))?.[0] ?? 0);
    if (number === 0) return false;
    this.#groupCount ??= countGroups(source);
    return number <= this.#groupCount;
  }
}

/** Wrapped, so that a quantifier sees a group and not the assertion in it, which may not be repeated itself. */
function toGroup(of: PatternNode): PatternNode {
  return { kind: 'sequence', parts: [of] };
}

function countGroups(source: string): number {
  const bare = source.replace(/\\.|\[(?:\\.|[^\]\\])*\]/gs, '');
  return bare.match(/\((?!\?)|\(\?P?<(?![=!])/g)?.length ?? 0;
}
