// One answer of an upstream, from the socket to its reader, without a promise for each piece: bytes are parsed as they
// come, and the socket is read no further while the reader has events to read.
import type { ChoiceEvent } from '../../backend/choice-event.ts';
import type { Generation } from '../../backend/generation.ts';
import { noUsage, type TokenUsage } from '../../backend/generation-event.ts';
import type {
  RefusedRequest,
  UpstreamErrorAnswer,
} from '../../protocol/openai/upstream/read-upstream-error.ts';
import type { UpstreamAnswerReader } from '../../protocol/openai/upstream/upstream-answer-reader.ts';
import { UpstreamFailure, UpstreamFormatError } from '../../protocol/openai/upstream/upstream-error.ts';
import { createEventQueue, type EventQueue } from '../../queueing/event-queue.ts';
import {
  type AnswerClock,
  type AnswerPace,
  type AnswerTimes,
  createAnswerClock,
} from '../transport/answer-clock.ts';
import type { Connections } from '../transport/connections.ts';
import type { AnswerHead, Exchange, ExchangeRequest, ExchangeSink } from '../transport/exchange.ts';
import { type AnswerBody, createAnswerBody } from './answer-body.ts';
import { toUpstreamRequestId } from './call-trace.ts';
import { toBackendError, toRefusal, toTimeoutError } from './to-backend-error.ts';

export interface OpenAnswerOptions<Event> {
  readonly connections: Connections;
  readonly request: ExchangeRequest;
  /** The request in an easier form, which the upstream may take; undefined: there is none left. */
  readonly toEasierRequest: (refused: UpstreamErrorAnswer) => ExchangeRequest | undefined;
  readonly refused: RefusedRequest;
  readonly reader: UpstreamAnswerReader;
  /** The tokens of the prompt, for an answer that was left before its usage came; undefined: they can't be counted. */
  readonly countPrompt?: (() => Promise<number | undefined>) | undefined;
  readonly times: AnswerTimes;
  readonly signal: AbortSignal;
  readonly toEvent: (event: ChoiceEvent) => Event;
  /** The upstream gets the request; once. */
  readonly onSent?: ((settled: Promise<TokenUsage>) => void) | undefined;
  /** The upstream answered, or failed at that. */
  readonly onOutcome: (error: unknown) => void;
  /** Nothing more is wanted from the upstream; once. */
  readonly onEnd?: ((end: AnswerEnd) => void) | undefined;
}

export interface AnswerEnd {
  /** Absent: the answer is whole. */
  readonly error?: unknown;
  readonly usage: TokenUsage;
  readonly pace: AnswerPace;
  /** The id that the upstream gave the request; undefined: it said none. */
  readonly upstreamRequestId: string | undefined;
}

export interface OpenAnswer<Event> extends Generation<Event> {
  /** Ends it with an error. */
  breakOff(error: unknown): void;
}

/** Events that may wait for the reader before the upstream has to. One packet may bring more. */
const waitingEventsMax = 64;

interface Refusal {
  readonly head: AnswerHead;
  readonly pieces: Buffer[];
  bytes: number;
}

/** After these bytes no more of a refusal is read. */
const refusalBytesMax = 64 * 1024;

/** How long the end of an answer that has its finish and its usage is waited for, and then that of its connection, in milliseconds. */
const endMsMax = 1000;

export function openAnswer<Event>(options: OpenAnswerOptions<Event>): OpenAnswer<Event> {
  return new UpstreamAnswer(options);
}

class UpstreamAnswer<Event> implements OpenAnswer<Event>, ExchangeSink {
  readonly settled: Promise<TokenUsage>;
  readonly #options: OpenAnswerOptions<Event>;
  readonly #queue: EventQueue<Event>;
  readonly #body: AnswerBody;
  readonly #clock: AnswerClock;
  #exchange: Exchange;
  #settle: (usage: TokenUsage | Promise<TokenUsage>) => void = () => undefined;
  #isSettled = false;
  /** The upstream broke the answer. */
  #hasFailed = false;
  /** Of a refusal; undefined: the upstream takes the request. */
  #refusal: Refusal | undefined;
  #wasTold = false;
  #hasHead = false;
  #upstreamRequestId: string | undefined;
  #hasStarted = false;
  /** The upstream said that it does not serve the request. */
  #wasRefused = false;
  /** Nothing more is wanted from the upstream. */
  #isOver = false;
  #isPaused = false;
  /** The connection has brought all that there is. */
  #isRead = false;
  #endTimer: NodeJS.Timeout | undefined;

  constructor(options: OpenAnswerOptions<Event>) {
    this.#options = options;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const leave = () => {
      this.#stop(new Error('The reader has left.'));
      this.#settleNow();
    };
    this.#queue = createEventQueue<Event>({
      onEmpty: () => this.#resume(),
      onRead: leave,
      onReturn: leave,
    });
    this.#body = createAnswerBody({
      onValue: (value) => this.#take(options.reader.read(value)),
      // It was generated before: what is left is on its way.
      onWholeBegun: () => this.#clock.noteWhole(),
      onDone: () => this.#complete(),
    });
    this.#clock = createAnswerClock(options.times, (which) => this.#timeOut(which));
    this.#exchange = options.connections.open(options.request, this);
    const { signal } = options;
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort);
  }

  get events(): AsyncIterable<Event> {
    return this.#queue;
  }

  breakOff(error: unknown): void {
    this.#stop(error);
    this.#queue.breakOff(error);
    this.#settleNow();
  }

  onSent(): void {
    if (this.#wasTold) return;
    this.#wasTold = true;
    this.#options.onSent?.(this.settled);
  }

  onHead(head: AnswerHead): void {
    const { status, headers } = head;
    this.#hasHead = true;
    this.#upstreamRequestId = toUpstreamRequestId(headers);
    if (status !== 200) {
      this.#refusal = { head, pieces: [], bytes: 0 };
      this.#wasRefused = true;
    } else if (isEncoded(headers['content-encoding'])) {
      this.#fail(new UpstreamFormatError('The upstream sent a compressed answer, which was not asked for.'));
    } else if (/^text\/html\b/i.test(String(headers['content-type'] ?? ''))) {
      this.#fail(new UpstreamFormatError('The upstream sent a web page in place of an answer.'));
    }
  }

  onBytes(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#clock.noteChunk();
    if (this.#refusal !== undefined) {
      this.#readRefusal(this.#refusal, bytes);
      return;
    }
    this.#run(() => this.#body.push(bytes));
    if (this.#queue.length > waitingEventsMax) this.#pause();
  }

  onEnd(): void {
    clearTimeout(this.#endTimer);
    if (this.#isOver) return;
    if (this.#refusal !== undefined) this.#refuse(this.#refusal);
    else
      this.#run(() => {
        this.#isRead = true;
        this.#body.end();
        if (!this.#isOver) this.#complete();
      });
  }

  onFailure(error: Error): void {
    clearTimeout(this.#endTimer);
    if (this.#isOver) return;
    if (this.#refusal !== undefined) this.#refuse(this.#refusal);
    else this.#completeOrFail(error);
  }

  readonly #onAbort = (): void => {
    this.breakOff(this.#options.signal.reason);
  };

  #readRefusal(refusal: Refusal, bytes: Buffer): void {
    refusal.bytes += bytes.length;
    refusal.pieces.push(bytes);
    if (refusal.bytes > refusalBytesMax) this.#refuse(refusal);
  }

  #refuse({ head, pieces }: Refusal): void {
    const bodyText = Buffer.concat(pieces).toString('utf8');
    const { connections, refused, toEasierRequest } = this.#options;
    const easier = toEasierRequest({ ...head, bodyText });
    if (easier === undefined) {
      this.#fail(toRefusal(head, bodyText, refused));
      return;
    }
    this.#refusal = undefined;
    this.#wasRefused = false;
    this.#exchange.abort();
    this.#exchange = connections.open(easier, this);
  }

  #run(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(events: readonly ChoiceEvent[]): void {
    if (this.#isOver) return;
    for (const event of events) {
      const { type } = event.event;
      if (type === 'started') {
        if (!this.#hasStarted) this.#options.onOutcome(undefined);
        this.#hasStarted = true;
      } else if (type !== 'echo' && !this.#isRead) this.#clock.noteToken();
      this.#queue.push(this.#options.toEvent(event));
    }
    // The last usage and `[DONE]` may follow, but need not.
    if (this.#endTimer === undefined && !this.#isRead && this.#options.reader.isWhole()) {
      this.#endTimer = setTimeout(() => this.#run(() => this.#complete()), endMsMax);
    }
  }

  /** The last events, if the answer is whole. The connection is given its time to end, so that it can be used again. */
  #complete(): void {
    if (this.#isOver) return;
    const events = this.#options.reader.end();
    this.#isOver = true;
    clearTimeout(this.#endTimer);
    for (const event of events) this.#queue.push(this.#options.toEvent(event));
    this.#queue.end();
    this.#leave(undefined);
    this.#resume();
    if (!this.#isRead) this.#endTimer = setTimeout(() => this.#exchange.abort(), endMsMax).unref();
    this.#settleNow();
  }

  /** An answer that had its finish is whole, however its connection ended. */
  #completeOrFail(error: unknown): void {
    try {
      this.#complete();
    } catch {
      this.#fail(error);
    }
  }

  #timeOut(which: keyof AnswerTimes): void {
    this.#completeOrFail(toTimeoutError(which, this.#hasStarted));
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#hasFailed = true;
    this.#wasRefused ||= error instanceof UpstreamFailure && !this.#hasStarted;
    const wasSent = this.#exchange?.wasSent === true;
    const progress = { wasSent, hasHead: this.#hasHead, wasGenerating: this.#hasStarted };
    const failure = toBackendError(error, this.#options.refused, progress);
    this.#stop(failure);
    this.#options.onOutcome(failure);
    this.#queue.fail(failure);
  }

  /** Closes the connection. */
  #stop(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#leave(error);
    // It is not there yet if opening it failed.
    this.#exchange?.abort();
  }

  #leave(error: unknown): void {
    clearTimeout(this.#endTimer);
    this.#clock.stop();
    const { signal, onEnd } = this.#options;
    signal.removeEventListener('abort', this.#onAbort);
    const upstreamRequestId = this.#upstreamRequestId;
    onEnd?.({ error, usage: this.#usage(), pace: this.#clock.pace(), upstreamRequestId });
  }

  /** One that was sent may be worked on, whether or not something of its answer came. */
  #usage(): TokenUsage {
    const wasServed = this.#hasStarted || (this.#exchange?.wasSent === true && !this.#wasRefused);
    return wasServed ? this.#options.reader.usage() : noUsage;
  }

  /** Nothing more is asked of an upstream that has just failed. */
  #settleNow(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const usage = this.#usage();
    const { countPrompt, reader } = this.#options;
    if (usage.isEstimated !== true || this.#hasFailed || countPrompt === undefined) this.#settle(usage);
    else this.#settle(countPrompt().then((promptTokens) => reader.usage(promptTokens)));
  }

  #pause(): void {
    if (this.#isPaused || this.#isOver) return;
    this.#isPaused = true;
    this.#clock.pause();
    this.#exchange.pause();
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (!this.#isOver) this.#clock.resume();
    this.#exchange.resume();
  }
}

function isEncoded(encoding: string | string[] | undefined): boolean {
  return encoding !== undefined && encoding !== '' && encoding !== 'identity';
}
