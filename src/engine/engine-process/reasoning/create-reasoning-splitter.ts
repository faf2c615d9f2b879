import type { ReasoningTags } from '../../reasoning/reasoning-tags.ts';

export interface ReasoningSplitter {
  push(text: string): SplitText;
  /** Releases text that was held back. */
  end(): SplitText;
  /** Whether the next text is reasoning, as far as known. */
  readonly isInThought: boolean;
}

/** Text that can be reported now; both may be empty. */
export interface SplitText {
  readonly reasoning: string;
  readonly text: string;
}

export interface ReasoningSplitterOptions {
  /** The prompt ended inside of reasoning: `beginsInThought`. */
  readonly startsInside: boolean;
  /**
   * The answer continues a text. Reasoning that is only allowed at the start can't follow. Default: false.
   */
  readonly startsInText?: boolean;
}

/**
 * Splits an answer into reasoning and text. Tags are never shown, even if they arrive in pieces. Text that
 * looks like the start of a tag is held back only while it does. White space around reasoning and before the
 * text after it is dropped.
 */
export function createReasoningSplitter(
  tags: ReasoningTags,
  { startsInside, startsInText = false }: ReasoningSplitterOptions,
): ReasoningSplitter {
  const splitter = new Splitter(tags, startsInside, startsInText);
  return {
    push: (text) => splitter.push(text),
    end: () => splitter.end(),
    get isInThought() {
      return splitter.isInThought;
    },
  };
}

/** A tag, and what it leads to. */
interface Mark {
  readonly tag: string;
  readonly action: 'open' | 'close' | 'hide';
}

class Splitter {
  readonly #tags: ReasoningTags;
  #rest = '';
  #reasoning = '';
  #text = '';
  isInThought: boolean;
  /** White space that is shown only if more follows it. */
  #space = '';
  /** Drop white space before the first character of reasoning and of the text after it. */
  #isFresh: boolean;
  #hasText: boolean;

  constructor(tags: ReasoningTags, startsInside: boolean, startsInText: boolean) {
    this.#tags = tags;
    this.isInThought = startsInside;
    this.#isFresh = startsInside;
    this.#hasText = startsInText;
  }

  push(text: string): SplitText {
    this.#rest += text;
    this.#read(false);
    return this.#take();
  }

  end(): SplitText {
    this.#read(true);
    // The text keeps its white space at the end; reasoning does not.
    if (!this.isInThought) this.#text += this.#space;
    this.#space = '';
    return this.#take();
  }

  #take(): SplitText {
    const split = { reasoning: this.#reasoning, text: this.#text };
    this.#reasoning = '';
    this.#text = '';
    return split;
  }

  #read(isEnded: boolean): void {
    while (this.#rest !== '') {
      const marks = this.#marks();
      const mark = marks.find(({ tag }) => this.#rest.startsWith(tag));
      if (mark !== undefined) {
        this.#rest = this.#rest.slice(mark.tag.length);
        this.#apply(mark);
        continue;
      }
      if (!isEnded && marks.some(({ tag }) => tag.startsWith(this.#rest))) return;
      this.#show(this.#takePlain(marks));
    }
  }

  /** The tags that count here, the longest first. */
  #marks(): readonly Mark[] {
    const { start, end, isAnywhere = false, hidden = [] } = this.#tags;
    if (this.isInThought) return [{ tag: end, action: 'close' }];
    const marks: Mark[] = hidden.map((tag) => ({ tag, action: 'hide' }));
    if (isAnywhere || !this.#hasText) marks.push({ tag: start, action: 'open' });
    return marks.sort((one, other) => other.tag.length - one.tag.length);
  }

  /** One character, and those after it with which no tag can begin and that are no white space. */
  #takePlain(marks: readonly Mark[]): string {
    let length = 1;
    const isSpaceFirst = isSpace(this.#rest[0] ?? '');
    while (length < this.#rest.length) {
      const character = this.#rest[length] ?? '';
      if (isSpace(character) !== isSpaceFirst || marks.some(({ tag }) => tag[0] === character)) break;
      length++;
    }
    const plain = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return plain;
  }

  #apply({ action }: Mark): void {
    if (action !== 'hide') this.isInThought = action === 'open';
    this.#space = '';
    this.#isFresh = true;
  }

  #show(plain: string): void {
    if (isSpace(plain[0] ?? '')) {
      if (!this.#isFresh) this.#space += plain;
      return;
    }
    const shown = this.#space + plain;
    this.#space = '';
    this.#isFresh = false;
    if (this.isInThought) {
      this.#reasoning += shown;
    } else {
      this.#text += shown;
      this.#hasText = true;
    }
  }
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}
