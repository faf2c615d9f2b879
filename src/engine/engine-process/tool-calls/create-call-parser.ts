import type { CallSyntax, HiddenText } from './call-syntax.ts';
import { isCallBegun } from './is-call-begun.ts';
import { readCalls } from './read-call.ts';
import { createResultTagReader, type ResultTagReader } from './result-tags.ts';
import { isSpace, type Reading, TextReader, UnexpectedTextError } from './text-reader.ts';
import { toTriggers } from './to-triggers.ts';
import type { ParserOptions, ToolCallEvent, ToolCallParser, Trigger } from './tool-call-format.ts';

/** Takes an answer apart into its content and its calls. What is no call is content, and nothing is ever thrown. */
export function createCallParser(syntax: CallSyntax, options: ParserOptions): ToolCallParser {
  const reader = new TextReader();
  const answer = new CallTextParser(syntax, options, reader);
  const reading = answer.read();
  return {
    push: (text) => {
      reader.push(text);
      reading.next();
      return answer.takeEvents();
    },
    release: () => answer.release(),
    end: (isCut = false) => {
      reader.end();
      if (isCut) answer.cut();
      reading.next();
      return answer.takeEvents();
    },
  };
}

class CallTextParser {
  readonly #syntax: CallSyntax;
  readonly #tools: ParserOptions['tools'];
  readonly #reader: TextReader;
  readonly #triggers: readonly Trigger[];
  readonly #hidden: readonly HiddenText[];
  readonly #resultTags: ResultTagReader;
  /** With these a trigger, a hidden text or a tag of a result may begin. */
  readonly #firstCharacters: ReadonlySet<string>;
  #events: ToolCallEvent[] = [];
  #isHeld: boolean;
  readonly #isBarred: boolean;
  /** Whether the text was cut off. */
  #isCut = false;
  /** Of a call that is not complete yet. */
  #held: ToolCallEvent[] = [];
  /** White space that is content only if content follows. */
  #space = '';
  #calls = 0;
  #isAtStart = true;

  constructor(
    syntax: CallSyntax,
    { tools, isHeld = false, isBarred = false }: ParserOptions,
    reader: TextReader,
  ) {
    this.#syntax = syntax;
    this.#tools = tools;
    this.#isHeld = isHeld;
    this.#isBarred = isBarred;
    this.#reader = reader;
    // A longer text is not to be mistaken for a shorter one that begins it.
    this.#triggers = toTriggers(syntax, tools).sort((one, other) => other.text.length - one.text.length);
    this.#hidden = syntax.hidden ?? [];
    this.#resultTags = createResultTagReader(syntax, reader);
    this.#firstCharacters = new Set([
      ...[...this.#triggers, ...this.#hidden].map(({ text }) => text[0] ?? ''),
      ...this.#resultTags.firstCharacters,
    ]);
  }

  takeEvents(): ToolCallEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  release(): void {
    this.#isHeld = false;
    this.#reportHeld();
  }

  cut(): void {
    this.#isCut = true;
  }

  *read(): Reading<void> {
    const reader = this.#reader;
    for (;;) {
      reader.forget();
      const next = yield* reader.peek();
      if (next === '') break;
      if (isSpace(next) && !this.#firstCharacters.has(next)) {
        this.#space += next;
        reader.at++;
      } else if (!this.#firstCharacters.has(next)) {
        this.#takePlain();
      } else if (!(yield* this.#readHidden()) && (yield* this.#readMarked())) {
        this.#add({ type: 'barred-call' });
        return;
      }
    }
    if (this.#calls === 0) this.#addContent('');
  }

  /** Received text that can't start anything, up to white space. */
  #takePlain(): void {
    const { rest } = this.#reader;
    let length = 1;
    while (length < rest.length) {
      const character = rest[length] ?? '';
      if (isSpace(character) || this.#firstCharacters.has(character)) break;
      length++;
    }
    this.#reader.at += length;
    this.#addContent(rest.slice(0, length));
  }

  /** White space within the tags goes with them. */
  *#readResultTag(): Reading<boolean> {
    const tag = yield* this.#resultTags.read(this.#isAtStart);
    if (tag === 'opening') yield* this.#reader.skipSpace();
    if (tag === 'closing') this.#space = '';
    return tag !== undefined;
  }

  *#readHidden(): Reading<boolean> {
    if (yield* this.#readResultTag()) return true;
    for (const { text, isAtStart } of this.#hidden) {
      if (isAtStart && !this.#isAtStart) continue;
      if (yield* this.#reader.tryReadExactly(text)) {
        this.#isAtStart = false;
        return true;
      }
    }
    return false;
  }

  /** A call where a trigger is next, and else one character of content. True: a call that may not be made. */
  *#readMarked(): Reading<boolean> {
    const reader = this.#reader;
    const start = reader.at;
    for (const trigger of this.#triggers) {
      if (trigger.isAtStart && !this.#isAtStart) continue;
      if (!(yield* reader.tryReadExactly(trigger.text))) continue;
      const end = reader.at;
      reader.at = start;
      if (this.#isBarred) {
        if (yield* isCallBegun(this.#syntax, reader, trigger)) return true;
      } else if (yield* this.#tryReadCalls()) {
        return false;
      }
      reader.at = end;
      this.#addContent(trigger.text);
      return false;
    }
    this.#addContent(yield* reader.next());
    return false;
  }

  /** False if no call has started; then nothing was reported. */
  *#tryReadCalls(): Reading<boolean> {
    const before = this.#calls;
    let isOpen = false;
    let done = this.#reader.at;
    const tell = (event: ToolCallEvent) => {
      if (this.#isHeld) this.#held.push(event);
      else this.#add(event);
    };
    try {
      yield* readCalls({
        syntax: this.#syntax,
        reader: this.#reader,
        tools: new Map(this.#tools.map((tool) => [tool.name, tool])),
        begin: (name, id) => {
          isOpen = true;
          tell({ type: 'call-start', index: this.#calls, name, ...(id === undefined ? {} : { id }) });
          this.#calls++;
        },
        take: (text) => {
          tell({ type: 'arguments-delta', index: this.#calls - 1, text });
          if (!this.#isHeld) this.#reader.forget();
        },
        finish: () => {
          isOpen = false;
          tell({ type: 'call-end', index: this.#calls - 1, isComplete: true });
          this.#space = '';
          this.#isAtStart = false;
          this.#reportHeld();
        },
        keep: () => {
          done = this.#reader.at;
        },
      });
    } catch (error) {
      if (!(error instanceof UnexpectedTextError)) throw error;
      if (isOpen && this.#isCut) this.release();
      if (isOpen && this.#isHeld) {
        // Reported as a whole or not at all: all of it is content.
        this.#calls--;
        this.#held = [];
        const text = this.#reader.textFrom(done);
        this.#addContent(text);
        return true;
      }
      if (isOpen) {
        this.#space = '';
        this.#isAtStart = false;
        this.#add({ type: 'call-end', index: this.#calls - 1, isComplete: false });
      } else if (this.#calls > before) {
        this.#reader.at = done;
      }
    }
    return this.#calls > before;
  }

  #reportHeld(): void {
    for (const event of this.#held) this.#add(event);
    this.#held = [];
  }

  #addContent(text: string): void {
    const content = this.#space + text;
    this.#space = '';
    if (text !== '') this.#isAtStart = false;
    if (content !== '') this.#add({ type: 'content', text: content });
  }

  /** Neighbours become one event. */
  #add(event: ToolCallEvent): void {
    const last = this.#events.at(-1);
    if (event.type === 'content' && last?.type === 'content') {
      this.#events[this.#events.length - 1] = { type: 'content', text: last.text + event.text };
    } else if (event.type === 'arguments-delta' && last?.type === 'arguments-delta') {
      this.#events[this.#events.length - 1] = { ...event, text: last.text + event.text };
    } else {
      this.#events.push(event);
    }
  }
}
