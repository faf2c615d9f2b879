// Text that arrives in pieces, read by generators. A generator that needs more text yields and is resumed
// with the next piece. So the result never depends on where the pieces were cut.

/** A step of reading: yields where more text is needed. */
export type Reading<Result> = Generator<undefined, Result, undefined>;

/** The text is not as expected, or ended too early. Caught inside of the parser. */
export class UnexpectedTextError extends Error {
  override readonly name = 'UnexpectedTextError';
}

/** Characters that are read before they are let go, so that not every piece moves the rest. */
const forgetCharactersMin = 4_096;

export class TextReader {
  /** The stored text, from `#start` on. */
  #text = '';
  #start = 0;
  #isEnded = false;
  /** Number of UTF-16 units that were read. It can be set back to any place since the last `forget`. */
  at = 0;

  push(text: string): void {
    this.#text += text;
  }

  end(): void {
    this.#isEnded = true;
  }

  /** Drops the text that was read. Nothing goes back to it. */
  forget(): void {
    if (this.at - this.#start < forgetCharactersMin) return;
    this.#text = this.#text.slice(this.at - this.#start);
    this.#start = this.at;
  }

  /** Text that has arrived and was not read. */
  get rest(): string {
    return this.#text.slice(this.at - this.#start);
  }

  textFrom(start: number): string {
    return this.#text.slice(start - this.#start, this.at - this.#start);
  }

  /** The next UTF-16 unit, unread; '' at the end of all text. */
  *peek(): Reading<string> {
    while (this.at - this.#start >= this.#text.length && !this.#isEnded) yield;
    return this.#text[this.at - this.#start] ?? '';
  }

  *next(): Reading<string> {
    const character = yield* this.peek();
    if (character === '') throw new UnexpectedTextError('The text ended.');
    this.at++;
    return character;
  }

  /** Of what has arrived, characters that mean nothing within a JSON string. */
  takePlainString(): string {
    const from = this.at - this.#start;
    let to = from;
    while (to < this.#text.length && isPlainInString(this.#text.charCodeAt(to))) to++;
    this.at += to - from;
    return this.#text.slice(from, to);
  }

  *skipSpace(): Reading<void> {
    while (isSpace(yield* this.peek())) this.at++;
  }

  /** A number or a name such as `true`; '' if there is none. */
  *readWord(): Reading<string> {
    let word = '';
    for (let character = yield* this.peek(); /[-+.\w]/.test(character); character = yield* this.peek()) {
      word += character;
      this.at++;
    }
    return word;
  }

  /** Reads `literal` where it is next; any or no white space may stand where it or the text has some. */
  *tryRead(literal: string): Reading<boolean> {
    const start = this.at;
    for (const character of literal.replace(/\s+/g, '').split('')) {
      yield* this.skipSpace();
      if ((yield* this.peek()) !== character) {
        this.at = start;
        return false;
      }
      this.at++;
    }
    return true;
  }

  *read(literal: string): Reading<void> {
    if (!(yield* this.tryRead(literal))) throw new UnexpectedTextError(`Not ${literal}`);
  }

  /** Reads exactly `literal`, white space and all, where it is next. */
  *tryReadExactly(literal: string): Reading<boolean> {
    const start = this.at;
    for (const character of literal.split('')) {
      if ((yield* this.peek()) !== character) {
        this.at = start;
        return false;
      }
      this.at++;
    }
    return true;
  }

  /** Up to `end`, which is read and not returned; each piece that can't belong to `end` is given to `take`. */
  *readUntil(end: string, take: (text: string) => void): Reading<void> {
    for (;;) {
      if (yield* this.tryReadExactly(end)) return;
      let text = yield* this.next();
      // Text that can't start the end is taken immediately.
      const first = end[0] ?? '';
      const from = this.at - this.#start;
      const stop = this.#text.indexOf(first, from);
      const plain = this.#text.slice(from, stop === -1 ? undefined : stop);
      this.at += plain.length;
      text += plain;
      take(text);
    }
  }
}

/** Values within values, as deep as a grammar may have made them. */
const depthMax = 200;

/** Throws `UnexpectedTextError` for a value that is nested too deep to be read. */
export function assertDepth(depth: number): void {
  if (depth > depthMax) throw new UnexpectedTextError(`Deeper than ${depthMax} levels.`);
}

export function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}

/** Neither a control character nor a quote nor a backslash. */
function isPlainInString(code: number): boolean {
  return code >= 0x20 && code !== 0x22 && code !== 0x5c;
}
