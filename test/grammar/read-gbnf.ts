// Reads GBNF into rules with their characters. The product's own reader leaves characters out, and a test that read
// them with the code under test would not see its faults. It reads what the compiler prints, not all of GBNF.
import {
  type CodePointSet,
  complement,
  subtract,
  toCodePointSet,
} from '../../src/grammar/automaton/code-point-set.ts';

/** One character of a set, or a rule by its index. */
export type GrammarSymbol = CodePointSet | number;

export interface Grammar {
  /** For each rule its alternatives. */
  readonly rules: readonly (readonly (readonly GrammarSymbol[])[])[];
  readonly names: readonly (string | undefined)[];
  readonly root: number;
}

/** Never in a text. */
const surrogates: CodePointSet = [0xd800, 0xdfff];

const namePattern = /[a-zA-Z0-9-]+/y;
const countPattern = /\{(\d+)(?:(,)(\d+)?)?\}|[*+?]/y;
const escapes: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9 };

export function readGbnf(text: string): Grammar {
  const reader = new GbnfReader();
  for (const line of text.split('\n')) if (line !== '') reader.readRule(line);
  return reader.finish();
}

class GbnfReader {
  readonly #ids = new Map<string, number>();
  readonly #rules: (readonly (readonly GrammarSymbol[])[] | undefined)[] = [];
  #line = '';
  #at = 0;

  readRule(line: string): void {
    this.#line = line;
    this.#at = 0;
    const id = this.#idOf(this.#take(namePattern) ?? this.#fail('a name'));
    if (!line.startsWith(' ::= ', this.#at)) this.#fail('::=');
    if (this.#rules[id] !== undefined) this.#fail('a rule that is not defined yet');
    this.#at += 5;
    this.#rules[id] = this.#readAlternatives();
    if (this.#at < line.length) this.#fail('the end of the line');
  }

  finish(): Grammar {
    const names = new Map([...this.#ids].map(([name, id]) => [id, name]));
    const rules = this.#rules.map((rule, id) => {
      if (rule === undefined) throw new Error(`No rule is named '${names.get(id)}'.`);
      return rule;
    });
    const root = this.#ids.get('root');
    if (root === undefined) throw new Error('No rule is named root.');
    return { rules, names: rules.map((_, id) => names.get(id)), root };
  }

  #readAlternatives(): GrammarSymbol[][] {
    const alternatives: GrammarSymbol[][] = [this.#readSequence()];
    while (this.#line[this.#at] === '|') {
      this.#at += 1;
      alternatives.push(this.#readSequence());
    }
    return alternatives;
  }

  #readSequence(): GrammarSymbol[] {
    const symbols: GrammarSymbol[] = [];
    for (;;) {
      while (this.#line[this.#at] === ' ') this.#at += 1;
      const item = this.#readItem();
      if (item === undefined) return symbols;
      const count = this.#take(countPattern);
      symbols.push(...(count === undefined ? item : this.#repeat(item, count)));
    }
  }

  #readItem(): GrammarSymbol[] | undefined {
    const first = this.#line[this.#at];
    if (first === undefined || first === '|' || first === ')') return undefined;
    if (first === '"') return this.#readLiteral();
    if (first === '[') return [this.#readClass()];
    if (first === '.') {
      this.#at += 1;
      return [complement(surrogates)];
    }
    if (first === '(') {
      this.#at += 1;
      const id = this.#rules.push(undefined) - 1;
      this.#rules[id] = this.#readAlternatives();
      if (this.#line[this.#at] !== ')') this.#fail(')');
      this.#at += 1;
      return [id];
    }
    return [this.#idOf(this.#take(namePattern) ?? this.#fail('a name'))];
  }

  #repeat(item: readonly GrammarSymbol[], count: string): GrammarSymbol[] {
    const [, least, comma, most] = /\{(\d+)(,)?(\d+)?\}/.exec(count) ?? [];
    const min = least === undefined ? Number(count === '+') : Number(least);
    const open = count === '?' ? 1 : Number.POSITIVE_INFINITY;
    const max = least === undefined ? open : comma === undefined ? min : Number(most ?? open);
    if (max < min) this.#fail('a repetition that does not end before it begins');
    const symbols = Array.from({ length: min }, () => item).flat();
    if (max === Number.POSITIVE_INFINITY) {
      const id = this.#rules.push(undefined) - 1;
      this.#rules[id] = [[...item, id], []];
      return [...symbols, id];
    }
    let next: number | undefined;
    for (let left = max - min; left > 0; left -= 1) {
      next = this.#rules.push([[...item, ...(next === undefined ? [] : [next])], []]) - 1;
    }
    return next === undefined ? symbols : [...symbols, next];
  }

  #readLiteral(): GrammarSymbol[] {
    const symbols: GrammarSymbol[] = [];
    this.#at += 1;
    while (this.#line[this.#at] !== '"') {
      const codePoint = this.#readCharacter();
      symbols.push([codePoint, codePoint]);
    }
    this.#at += 1;
    return symbols;
  }

  #readClass(): CodePointSet {
    this.#at += 1;
    const isNegated = this.#line[this.#at] === '^';
    if (isNegated) this.#at += 1;
    const ranges: [number, number][] = [];
    while (this.#line[this.#at] !== ']') {
      const from = this.#readCharacter();
      let to = from;
      if (this.#line[this.#at] === '-') {
        this.#at += 1;
        to = this.#readCharacter();
      }
      ranges.push([from, to]);
    }
    this.#at += 1;
    const set = toCodePointSet(ranges);
    return subtract(isNegated ? complement(set) : set, surrogates);
  }

  #readCharacter(): number {
    const codePoint = this.#line.codePointAt(this.#at) ?? this.#fail('a character');
    if (codePoint !== 0x5c) {
      this.#at += codePoint > 0xffff ? 2 : 1;
      return codePoint;
    }
    const letter = this.#line[this.#at + 1] ?? this.#fail('an escape');
    const digits = { x: 2, u: 4, U: 8 }[letter];
    this.#at += 2;
    if (digits === undefined) return escapes[letter] ?? letter.charCodeAt(0);
    this.#at += digits;
    return Number.parseInt(this.#line.slice(this.#at - digits, this.#at), 16);
  }

  #idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = this.#rules.push(undefined) - 1;
    this.#ids.set(name, id);
    return id;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#line)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #fail(expected: string): never {
    throw new Error(`${expected} expected at ${this.#at} of: ${this.#line.slice(0, 200)}`);
  }
}
