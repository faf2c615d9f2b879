// Text that arrives in pieces, read by generators: one that needs a character that is not there yet yields, and is
// resumed with the next piece. So what is read never depends on where the pieces were cut.

/** A step of reading: yields where more text is needed. */
export type Reading<Result> = Generator<undefined, Result, undefined>;

/** The text is not what was expected, or ended too early. Caught within the parser. */
export class UnexpectedTextError extends Error {
  override readonly name = 'UnexpectedTextError';
}

export class TextReader {
  #text = '';
  #isEnded = false;
  /** Where the next character is read. May be set back to any place since the last `forget`. */
  at = 0;

  push(text: string): void {
    this.#text += text;
  }

  end(): void {
    this.#isEnded = true;
  }

  /** Drops what was read; places from before are no longer valid. */
  forget(): void {
    this.#text = this.#text.slice(this.at);
    this.at = 0;
  }

  /** What has arrived and is not read. */
  get rest(): string {
    return this.#text.slice(this.at);
  }

  textFrom(start: number): string {
    return this.#text.slice(start, this.at);
  }

  /** The next UTF-16 unit, unread; '' at the end of all text. */
  *peek(): Reading<string> {
    while (this.at >= this.#text.length && !this.#isEnded) yield;
    return this.#text[this.at] ?? '';
  }

  *next(): Reading<string> {
    const character = yield* this.peek();
    if (character === '') throw new UnexpectedTextError('The text ended.');
    this.at++;
    return character;
  }

  *skipSpace(): Reading<void> {
    while (isSpace(yield* this.peek())) this.at++;
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
      // What has arrived and can't begin the end is taken at once.
      const first = end[0] ?? '';
      const stop = this.#text.indexOf(first, this.at);
      const plain = this.#text.slice(this.at, stop === -1 ? undefined : stop);
      this.at += plain.length;
      text += plain;
      take(text);
    }
  }
}

export function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}
