import { randomBytes } from 'node:crypto';
import type { GenerationEvent, TokenLogprob } from '../../../backend/generation-event.ts';
import type { ReasoningSplitter } from '../reasoning/create-reasoning-splitter.ts';
import type { ShownText } from '../step/completion-text.ts';
import { createStopSequenceMatcher, type StopSequenceMatcher } from '../step/stop-sequence.ts';
import type { ToolCallEvent, ToolCallParser } from '../tool-calls/tool-call-format.ts';
import type { FoundTrigger, TriggerWatch } from './create-trigger-watch.ts';

/** Separates the text of an answer into reasoning, calls and content. */
export interface AnswerReader {
  push(shown: ShownText): AnswerPiece;
  /**
   * Releases text that was held back. With `isCut` the answer was cut off: the possible start of a call is
   * then not content, and a started call is reported as far as it got.
   */
  end(shown: ShownText, isCut: boolean): readonly GenerationEvent[];
  /** From now on a grammar lets through calls and nothing else. */
  expectCallsOnly(): void;
  /** Whether the next text is reasoning. */
  readonly isInThought: boolean;
  /** Calls that have begun. */
  readonly calls: number;
}

export interface AnswerPiece {
  readonly events: readonly GenerationEvent[];
  /**
   * A stop sequence matched in content (reasoning and calls are not searched), or a call started that is not
   * allowed.
   */
  readonly isStopped: boolean;
  /** The one that matched. */
  readonly stopSequence: string | undefined;
  /** A place where a deferred grammar may start: after the reasoning, or at the start of a call. */
  readonly mark: AnswerMark | undefined;
}

export type AnswerMark = { readonly kind: 'thought-end' } | ({ readonly kind: 'trigger' } & FoundTrigger);

export interface AnswerReaderParts {
  /** Undefined if the answer has no reasoning to look for. */
  readonly splitter: ReasoningSplitter | undefined;
  /** Undefined where no calls are. */
  readonly parser: ToolCallParser | undefined;
  readonly triggers: TriggerWatch | undefined;
  /** Whether `expectCallsOnly` is so from the beginning. Default: false. */
  readonly isCallsOnly?: boolean;
  readonly stop: readonly string[];
  /** Pushes in which stop sequences do not count yet; one is a token. Default: 0. */
  readonly freeTokens?: number;
  readonly wantsLogprobs: boolean;
  /**
   * The grammar starts with the token after the reasoning. Text in the last token of the reasoning is not
   * part of the answer.
   */
  readonly dropsTextAtThoughtEnd: boolean;
}

export function createAnswerReader(parts: AnswerReaderParts): AnswerReader {
  return new StagedReader(parts);
}

class StagedReader implements AnswerReader {
  readonly #parts: AnswerReaderParts;
  readonly #stop: StopSequenceMatcher;
  #freeTokens: number;
  #isCallsOnly: boolean;
  #events: GenerationEvent[] = [];
  /** Log-probabilities of tokens whose text is not reported yet. Only the ones of content are reported. */
  #logprobs: TokenLogprob[] = [];
  #isStopped = false;
  #stopSequence: string | undefined;
  calls = 0;

  constructor(parts: AnswerReaderParts) {
    this.#parts = parts;
    this.#stop = createStopSequenceMatcher(parts.stop);
    this.#freeTokens = parts.freeTokens ?? 0;
    this.#isCallsOnly = parts.isCallsOnly ?? false;
  }

  expectCallsOnly(): void {
    this.#isCallsOnly = true;
    this.#parts.parser?.release();
  }

  get isInThought(): boolean {
    return this.#parts.splitter?.isInThought ?? false;
  }

  push({ text, logprobs }: ShownText): AnswerPiece {
    this.#logprobs.push(...logprobs);
    const { splitter, triggers, dropsTextAtThoughtEnd } = this.#parts;
    const wasInThought = this.isInThought;
    const split = splitter?.push(text) ?? { reasoning: '', text };
    const isThoughtEnd = wasInThought && !this.isInThought;
    const answer = isThoughtEnd && dropsTextAtThoughtEnd ? '' : split.text;
    this.#addReasoning(split.reasoning);
    this.#addAnswer(answer);
    const found = triggers?.push(answer);
    const mark: AnswerMark | undefined =
      found !== undefined
        ? { kind: 'trigger', ...found }
        : isThoughtEnd
          ? { kind: 'thought-end' }
          : undefined;
    this.#freeTokens -= 1;
    return {
      events: this.#takeEvents(),
      isStopped: this.#isStopped,
      stopSequence: this.#stopSequence,
      mark,
    };
  }

  end({ text, logprobs }: ShownText, isCut: boolean): readonly GenerationEvent[] {
    this.#logprobs.push(...logprobs);
    const { splitter, parser } = this.#parts;
    for (const split of [splitter?.push(text) ?? { reasoning: '', text }, splitter?.end()]) {
      this.#addReasoning(split?.reasoning ?? '');
      this.#addAnswer(split?.text ?? '');
    }
    // The beginning of a call that was cut off before its name is neither a call nor something that was said.
    const isReported = (event: ToolCallEvent) =>
      event.type !== 'content' || !(this.#isCallsOnly || (isCut && event.text.trim() !== ''));
    this.#addCallEvents((parser?.end(isCut) ?? []).filter(isReported));
    if (!this.#isStopped) this.#addText(this.#stop.flush());
    return this.#takeEvents();
  }

  #addReasoning(text: string): void {
    if (text !== '') {
      this.#logprobs = [];
      this.#events.push({ type: 'reasoning-delta', text });
    }
  }

  #addAnswer(text: string): void {
    const { parser } = this.#parts;
    if (parser === undefined) {
      this.#addContent(text);
    } else if (text !== '') {
      this.#addCallEvents(parser.push(text));
    }
  }

  #addCallEvents(events: readonly ToolCallEvent[]): void {
    for (const event of events) {
      if (event.type === 'content') {
        this.#addContent(event.text);
      } else if (event.type === 'barred-call') {
        if (!this.#isStopped) this.#addText(this.#stop.flush());
        this.#isStopped = true;
      } else if (!this.#isStopped) {
        this.#addCallEvent(event);
      }
    }
  }

  #addCallEvent(event: Exclude<ToolCallEvent, { readonly type: 'content' | 'barred-call' }>): void {
    this.#logprobs = [];
    if (event.type === 'call-start') {
      this.calls += 1;
      const id = `call_${randomBytes(12).toString('hex')}`;
      this.#events.push({ type: 'tool-call-start', callIndex: event.index, id, name: event.name });
    } else if (event.type === 'arguments-delta') {
      this.#events.push({ type: 'tool-call-delta', callIndex: event.index, argumentsText: event.text });
    }
  }

  #addContent(content: string): void {
    if (this.#freeTokens > 0) {
      this.#addText(content);
    } else if (!this.#isStopped) {
      const { text, match } = this.#stop.push(content);
      this.#addText(text);
      this.#stopSequence = match;
      this.#isStopped = match !== undefined;
    }
  }

  #addText(text: string): void {
    if (text !== '') {
      const logprobs = this.#logprobs;
      this.#logprobs = [];
      this.#events.push({ type: 'text-delta', text, ...(this.#parts.wantsLogprobs ? { logprobs } : {}) });
    }
  }

  #takeEvents(): readonly GenerationEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
