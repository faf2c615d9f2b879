import { createSyntaxError } from './unsupported-pattern-error.ts';

/** A cursor in the source of a pattern. Offsets count UTF-16 units. */
export class PatternReader {
  readonly source: string;
  offset = 0;

  constructor(source: string) {
    this.source = source;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.source.length;
  }

  /** The next UTF-16 unit, '' at the end. */
  peek(): string {
    return this.source.charAt(this.offset);
  }

  startsWith(text: string): boolean {
    return this.source.startsWith(text, this.offset);
  }

  /** Takes the text if it comes next. */
  take(text: string): boolean {
    if (!this.source.startsWith(text, this.offset)) return false;
    this.offset += text.length;
    return true;
  }

  /** Takes what the sticky expression matches here. */
  takeMatch(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.offset;
    const match = sticky.exec(this.source);
    if (match === null) return undefined;
    this.offset += match[0].length;
    return match;
  }

  /** @throws UnsupportedPatternError at the end of the pattern. */
  takeCodePoint(): number {
    const codePoint = this.source.codePointAt(this.offset);
    if (codePoint === undefined) throw createSyntaxError('it ends too early', this.offset);
    this.offset += codePoint > 0xffff ? 2 : 1;
    return codePoint;
  }
}
