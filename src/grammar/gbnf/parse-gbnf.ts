// Reads GBNF as llama.cpp's own parser does, into the rules that it makes of it: groups and repetitions become rules.
//
// llama.cpp's parser trusts its text: on an error it prints all of it, and nested groups or a repetition such as
// `{5,2}` end its process. So a text is read here first, with limits, and only then there.
// Source: llama.cpp, src/llama-grammar.cpp, llama_grammar_parser.
import { repetitionsMax } from './grammar-limits.ts';
import { UnsupportedSchemaError } from './unsupported-schema-error.ts';

/** A rule by its index, or `terminal`. */
export type GbnfSymbol = number;
export const terminal: GbnfSymbol = -1;

export interface GbnfRule {
  readonly alternates: readonly (readonly GbnfSymbol[])[];
  /** Number of characters in each alternate, besides its rules. */
  readonly characters: readonly number[];
  /** Its size in llama.cpp: one element per character, range or reference. */
  readonly elements: number;
}

export interface GbnfRules {
  /**
   * In llama.cpp's order: named rules, and rules made from groups and repetitions, as they are first seen.
   */
  readonly rules: readonly GbnfRule[];
  readonly root: number;
  /** Places in `rules` by name; groups and repetitions have none. */
  readonly places: ReadonlyMap<string, number>;
}

/** Groups within groups. */
const nestingMax = 200;
/** Characters and ends of ranges in one class: all of them are compared with every token. */
const classElementsMax = 2000;
/** Elements after all repetitions are written out; 16 bytes each in llama.cpp. */
const elementsMaxDefault = 2_000_000;

const characterPattern = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[trn\\"[\]-])|[^\\\0]/uy;
const spacePattern = /(?:[ \t\r\n]|#[^\r\n]*)*/y;
const spaceInLinePattern = /(?:[ \t]|#[^\r\n]*)*/y;

/** Throws `UnsupportedSchemaError`, which says on which line. */
export function parseGbnf(text: string, elementsMax = elementsMaxDefault): GbnfRules {
  return new GbnfParser(text, elementsMax).parse();
}

/** A symbol and how many elements it stands for: a literal is one symbol of many. */
interface Item {
  readonly symbol: GbnfSymbol;
  readonly elements: number;
  readonly characters: number;
}

function toReference(symbol: GbnfSymbol): Item {
  return { symbol, elements: 1, characters: 0 };
}

class GbnfParser {
  readonly #text: string;
  readonly #elementsMax: number;
  readonly #ids = new Map<string, number>();
  readonly #rules: (GbnfRule | undefined)[] = [];
  #elements = 0;
  #at = 0;

  constructor(text: string, elementsMax: number) {
    this.#text = text;
    this.#elementsMax = elementsMax;
  }

  parse(): GbnfRules {
    this.#skipSpace(true);
    while (this.#at < this.#text.length) {
      this.#parseRule();
    }
    for (const [name, id] of this.#ids) {
      if (this.#rules[id] === undefined) {
        throw new UnsupportedSchemaError('', `The grammar has no rule named '${name}'.`);
      }
    }
    const root = this.#ids.get('root');
    if (root === undefined) {
      throw new UnsupportedSchemaError('', "The grammar has no rule named 'root'.");
    }
    return { rules: this.#rules.filter((rule) => rule !== undefined), root, places: this.#ids };
  }

  #parseRule(): void {
    const id = this.#idOf(this.#parseName());
    this.#skipSpace(false);
    if (!this.#text.startsWith('::=', this.#at)) {
      throw this.#expected("'::='");
    }
    this.#at += 3;
    this.#skipSpace(true);
    this.#rules[id] = this.#parseAlternates(0);
    if (this.#at < this.#text.length && !'\r\n'.includes(this.#character())) {
      throw this.#expected('the end of the line');
    }
    this.#skipSpace(true);
  }

  #parseAlternates(nesting: number): GbnfRule {
    const alternates = [this.#parseSequence(nesting)];
    while (this.#character() === '|') {
      this.#at++;
      this.#skipSpace(true);
      alternates.push(this.#parseSequence(nesting));
    }
    return this.#toRule(alternates);
  }

  #parseSequence(nesting: number): Item[] {
    const sequence: Item[] = [];
    let lastStart = 0;
    let rulesOfLast = 1;
    for (;;) {
      const start = sequence.length;
      const idsBefore = this.#rules.length;
      const isRepetition = '*+?{'.includes(this.#character() || ' ');
      if (isRepetition) {
        rulesOfLast *= this.#repeat(sequence, lastStart, rulesOfLast);
      } else if (this.#parseItem(sequence, nesting)) {
        lastStart = start;
        rulesOfLast = Math.max(1, this.#rules.length - idsBefore);
      } else {
        return sequence;
      }
      this.#skipSpace(nesting > 0);
    }
  }

  /** False where the sequence ends. */
  #parseItem(sequence: Item[], nesting: number): boolean {
    const first = this.#character();
    if (first === '"' || first === '[') {
      const elements = first === '"' ? this.#parseLiteral() : this.#parseClass();
      if (elements > 0) {
        const characters = first === '"' ? elements : 1;
        sequence.push({ symbol: terminal, elements, characters });
      }
    } else if (first === '.') {
      this.#at++;
      sequence.push({ symbol: terminal, elements: 1, characters: 1 });
    } else if (first === '(') {
      sequence.push(toReference(this.#parseGroup(nesting + 1)));
    } else if (first === '<' || first === '!') {
      throw this.#failure('The grammar names a token, which is not supported');
    } else {
      const name = this.#takeName();
      if (name === '') {
        return false;
      }
      sequence.push(toReference(this.#idOf(name)));
    }
    return true;
  }

  #parseGroup(nesting: number): number {
    if (nesting > nestingMax) {
      throw this.#failure(`The grammar has groups more than ${nestingMax} deep`);
    }
    this.#at++;
    this.#skipSpace(true);
    const id = this.#rules.push(undefined) - 1;
    this.#rules[id] = this.#parseAlternates(nesting);
    if (this.#character() !== ')') {
      throw this.#expected("')'");
    }
    this.#at++;
    return id;
  }

  /** Expands a repetition like llama.cpp does. Returns the number of copies. */
  #repeat(sequence: Item[], lastStart: number, rulesOfLast: number): number {
    const { min, max } = this.#parseTimes();
    const repeated = sequence.splice(lastStart);
    if (repeated.length === 0) {
      throw this.#expected('something to repeat');
    }
    // llama.cpp would silently drop the end of such a repetition.
    const times = Math.max(1, Number.isFinite(max) && max > 0 ? max : min);
    if (rulesOfLast * times > repetitionsMax) {
      throw this.#failure(`The grammar repeats more than ${repetitionsMax} times`);
    }
    for (let count = 0; count < min; count++) {
      sequence.push(...repeated);
      this.#count(repeated);
    }
    const optional = Number.isFinite(max) ? max - min : 1;
    let next: number | undefined;
    for (let count = 0; count < optional; count++) {
      const id = this.#rules.push(undefined) - 1;
      const rest = Number.isFinite(max) ? next : id;
      const tail = rest === undefined ? [] : [toReference(rest)];
      this.#rules[id] = this.#toRule([[...repeated, ...tail], []]);
      next = id;
    }
    if (next !== undefined) {
      sequence.push(toReference(next));
    }
    return times;
  }

  #parseTimes(): { readonly min: number; readonly max: number } {
    const sign = this.#character();
    this.#at++;
    if (sign !== '{') {
      return { min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Number.POSITIVE_INFINITY };
    }
    const match = /\s*(\d{1,9})\s*(?:(,)\s*(\d{1,9})?\s*)?\}/y;
    match.lastIndex = this.#at;
    const found = match.exec(this.#text);
    if (found === null) {
      throw this.#expected('a count');
    }
    this.#at = match.lastIndex;
    const min = Number(found[1]);
    const upper = found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3]);
    const max = found[2] === undefined ? min : upper;
    if (min > max) {
      throw this.#failure('The grammar has a repetition whose end is before its beginning');
    }
    return { min, max };
  }

  /** Returns how many characters it has. */
  #parseLiteral(): number {
    this.#at++;
    let characters = 0;
    while (this.#character() !== '"') {
      this.#parseCharacter();
      characters++;
    }
    this.#at++;
    return characters;
  }

  #parseClass(): number {
    this.#at += this.#text[this.#at + 1] === '^' ? 2 : 1;
    let elements = 0;
    while (this.#character() !== ']') {
      this.#parseCharacter();
      elements++;
      if (this.#character() === '-' && this.#text[this.#at + 1] !== ']') {
        this.#at++;
        this.#parseCharacter();
        elements++;
      }
    }
    this.#at++;
    if (elements > classElementsMax) {
      throw this.#failure(
        `The grammar has a class of more than ${classElementsMax} characters and ends of ranges`,
      );
    }
    return elements;
  }

  #parseCharacter(): void {
    const code = this.#text.charCodeAt(this.#at);
    if (code >= 0x20 && code < 0x7f && code !== 0x5c) {
      this.#at++;
      return;
    }
    if (this.#take(characterPattern) === undefined) {
      throw this.#expected('a character');
    }
  }

  #parseName(): string {
    const name = this.#takeName();
    if (name === '') {
      throw this.#expected('a name');
    }
    return name;
  }

  /** '' if there is none. Reads letter by letter, because most of a grammar consists of names. */
  #takeName(): string {
    const start = this.#at;
    while (isNameCharacter(this.#text.charCodeAt(this.#at))) {
      this.#at++;
    }
    return this.#text.slice(start, this.#at);
  }

  #idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) {
      return known;
    }
    const id = this.#rules.push(undefined) - 1;
    this.#ids.set(name, id);
    return id;
  }

  #toRule(alternates: Item[][]): GbnfRule {
    let elements = 0;
    for (const alternate of alternates) {
      elements += this.#count(alternate) + 1;
    }
    return {
      alternates: alternates.map((items) => items.map(({ symbol }) => symbol)),
      characters: alternates.map((items) => items.reduce((sum, item) => sum + item.characters, 0)),
      elements,
    };
  }

  #count(items: readonly Item[]): number {
    const elements = items.reduce((sum, item) => sum + item.elements, 0);
    this.#elements += elements;
    if (this.#elements > this.#elementsMax) {
      throw this.#failure('The grammar is too large once its repetitions are written out');
    }
    return elements;
  }

  #character(): string {
    return this.#text[this.#at] ?? '';
  }

  #skipSpace(overLines: boolean): void {
    if (this.#text.charCodeAt(this.#at) > 0x23) return;
    this.#take(overLines ? spacePattern : spaceInLinePattern);
  }

  /** The match of the pattern at this place. Undefined if there is none. */
  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #expected(what: string): UnsupportedSchemaError {
    return this.#failure(`The grammar does not parse: ${what} expected`);
  }

  #failure(what: string): UnsupportedSchemaError {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    return new UnsupportedSchemaError('', `${what} (line ${line}).`);
  }
}

/** A letter, a digit or a hyphen. */
function isNameCharacter(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d;
}
