import type { LostAttempt, SettledUsage } from '../../backend/generation.ts';
import {
  type FinishReason,
  type GenerationEvent,
  isSpent,
  type StartedEvent,
  type TokenUsage,
} from '../../backend/generation-event.ts';
import { createQuotaError } from '../limits/limit-error.ts';
import type { AttemptMeter } from '../limits/request-meter.ts';
import { toAttemptCost } from '../usage/to-attempt-cost.ts';
import type { AttemptUsage, TokenCounts } from '../usage/usage-record.ts';
import type { Attempt } from './begin-attempt.ts';

/** The facts about one or more answers to a request so far. Counts and times belong to the latest attempt. */
export interface ChatRecord extends TokenCounts {
  /** The share of the model's time, in milliseconds; 0 where that has no price. */
  readonly machineMs: number;
  /** Time in the queue, of all attempts together; undefined where no backend says it. */
  queueWaitMs: number | undefined;
  /** When a backend first got the request, on the clock of `performance.now()`. Undefined before that. */
  sentAtMs: number | undefined;
  /** From the start of the request to the first text, reasoning or call. Undefined before that. */
  timeToFirstTokenMs: number | undefined;
  /** Mean pause between two tokens; undefined while there are fewer than two. */
  readonly timePerOutputTokenMs: number | undefined;
  /** undefined also for an answer that was made to its end and did not pass its check. */
  finishReason: FinishReason | undefined;
  /** Calls of tools that were begun. */
  toolCalls: number;
  /** Answers that were made to have one of the form that was asked for; undefined for free text. */
  structuredAttempts: number | undefined;
  /** All that were accepted, and those that cost something without an answer. */
  readonly attempts: readonly AttemptRecord[];
  /** Resolves when the cost of all generations that were begun is known. */
  readonly costs: readonly Promise<unknown>[];
  /** One for each answer. */
  readonly answers: readonly Answer[];
}

/** The usage of one generation so far. */
export interface AttemptRecord extends Omit<AttemptUsage, 'answer' | 'isReturned' | 'deployment'> {
  /** undefined: the deployment of the request. */
  readonly deployment: string | undefined;
}

export interface Answer {
  readonly record: Readonly<ChatRecord>;
  /** Its prompt was evaluated for the answer before it. */
  readonly sharesPrompt: boolean;
}

type NotedAttempt = { -readonly [Name in keyof AttemptRecord]: AttemptRecord[Name] };

/** The record of one answer. A class, because getters of an object literal are defined again for each request. */
export class AnswerRecord implements ChatRecord {
  readonly attempts: NotedAttempt[] = [];
  readonly costs: Promise<unknown>[] = [];
  queueWaitMs: number | undefined = undefined;
  sentAtMs: number | undefined = undefined;
  timeToFirstTokenMs: number | undefined = undefined;
  /** The time of the latest token, on the clock of `performance.now()`. Undefined before the first one. */
  lastTokenAtMs: number | undefined = undefined;
  firstTokenAtMs: number | undefined = undefined;
  finishReason: FinishReason | undefined = undefined;
  toolCalls = 0;
  structuredAttempts: number | undefined = undefined;

  get latest(): NotedAttempt | undefined {
    return this.attempts.at(-1);
  }

  get promptTokens(): number {
    return this.latest?.promptTokens ?? 0;
  }

  get cachedTokens(): number {
    return this.latest?.cachedTokens ?? 0;
  }

  get completionTokens(): number {
    return this.latest?.completionTokens ?? 0;
  }

  get reasoningTokens(): number {
    return this.latest?.reasoningTokens ?? 0;
  }

  get machineMs(): number {
    return this.latest?.machineMs ?? 0;
  }

  get timePerOutputTokenMs(): number | undefined {
    const { firstTokenAtMs, lastTokenAtMs, completionTokens } = this;
    if (firstTokenAtMs === undefined || lastTokenAtMs === undefined || completionTokens < 2) return undefined;
    return (lastTokenAtMs - firstTokenAtMs) / (completionTokens - 1);
  }

  get answers(): readonly Answer[] {
    return [{ record: this, sharesPrompt: false }];
  }
}

/** The recorded facts of a completion, and their receiver. */
export interface Recording {
  readonly record: AnswerRecord;
  readonly startedAtMs: number;
  /** Called at the first text or at the end: the prompt was evaluated. */
  readonly onEvaluated: () => void;
  /** Follows what is made; undefined: nothing is limited. */
  readonly attemptMeter: AttemptMeter | undefined;
}

/** The events of one attempt, noted in the record as they pass. It is written out: a generator would cost each token more. */
export function recordAttempt(
  { started, rest }: Attempt,
  recording: Recording,
): AsyncIterable<GenerationEvent> {
  const note = (result: IteratorResult<GenerationEvent>) => {
    if (result.done !== true) noteEvent(result.value, recording);
    return result;
  };
  let first: GenerationEvent | undefined = started;
  const iterator: AsyncIterator<GenerationEvent> = {
    next: () => {
      if (first === undefined) return rest.next().then(note);
      const value = first;
      first = undefined;
      return Promise.resolve({ done: false, value });
    },
    return: async () => {
      await rest.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

function noteEvent(event: GenerationEvent, recording: Recording): void {
  const { record, startedAtMs, onEvaluated, attemptMeter } = recording;
  // The echo of the prompt says nothing about the answer.
  if (event.type === 'echo' || event.type === 'started') return;
  onEvaluated();
  const nowMs = performance.now();
  const attempt = record.latest;
  if (event.type === 'finish') {
    const { completionTokens } = event.usage;
    attemptMeter?.tell(completionTokens);
    attemptMeter?.end();
    // Another cause than its length ended it.
    if (event.reason === 'length' && attemptMeter?.isCut(completionTokens) === true) {
      if (attempt !== undefined) setCounts(attempt, event.usage);
      throw createQuotaError();
    }
    if (attempt !== undefined) {
      setCounts(attempt, event.usage);
      attempt.finishReason = event.reason;
    }
    record.finishReason = event.reason;
    if (record.firstTokenAtMs !== undefined) record.lastTokenAtMs = nowMs;
    return;
  }
  record.timeToFirstTokenMs ??= nowMs - startedAtMs;
  record.firstTokenAtMs ??= nowMs;
  record.lastTokenAtMs = nowMs;
  if (event.type === 'tool-call-start') record.toolCalls += 1;
  if (attempt === undefined) return;
  // Until the attempt has settled: a delta for each token, more or less.
  attempt.completionTokens = event.soFar?.completionTokens ?? attempt.completionTokens + 1;
  if (event.type === 'reasoning-delta') attempt.reasoningTokens += 1;
  attemptMeter?.tell(attempt.completionTokens);
}

function setCounts(attempt: NotedAttempt, usage: TokenUsage): void {
  attempt.promptTokens = usage.promptTokens;
  attempt.cachedTokens = usage.cachedTokens;
  attempt.completionTokens = usage.completionTokens;
  attempt.reasoningTokens = usage.reasoningTokens;
  attempt.isEstimated = usage.isEstimated ?? false;
}

/** A new attempt begins, and the record with it, except for the time in the queue. */
export function noteStart(
  record: AnswerRecord,
  { started, settled }: Attempt,
  meter: AttemptMeter | undefined,
): void {
  const { queueWaitMs } = started;
  const attempt = new RunningAttempt(started, meter);
  record.attempts.push(attempt);
  record.costs.push(
    settled.then((usage) => {
      meter?.end();
      setCounts(attempt, usage);
      const { lostAttempts } = usage;
      if (lostAttempts === undefined) return;
      record.attempts.splice(record.attempts.indexOf(attempt), 0, ...lostAttempts.map(toLostRecord));
    }),
  );
  if (queueWaitMs !== undefined) record.queueWaitMs = (record.queueWaitMs ?? 0) + queueWaitMs;
  record.timeToFirstTokenMs = undefined;
  record.firstTokenAtMs = undefined;
  record.lastTokenAtMs = undefined;
  record.finishReason = undefined;
  record.toolCalls = 0;
}

class RunningAttempt implements NotedAttempt {
  promptTokens: number;
  cachedTokens: number;
  completionTokens = 0;
  reasoningTokens = 0;
  isEstimated = false;
  finishReason: FinishReason | undefined = undefined;
  deployment: string | undefined;
  readonly #meter: AttemptMeter | undefined;

  constructor(
    { promptTokens = 0, cachedTokens = 0, servedBy }: StartedEvent,
    meter: AttemptMeter | undefined,
  ) {
    this.promptTokens = promptTokens;
    this.cachedTokens = cachedTokens;
    this.deployment = servedBy;
    this.#meter = meter;
  }

  get machineMs(): number {
    return this.#meter?.machineMs() ?? 0;
  }
}

/** A generation failed, or was left, before it had begun. Its backend may have worked all the same. */
export function noteLost(record: AnswerRecord, settled: Promise<SettledUsage>): void {
  record.costs.push(
    settled.then(({ lostAttempts = [], ...usage }) => {
      record.attempts.push(...[...lostAttempts, ...(isSpent(usage) ? [usage] : [])].map(toLostRecord));
    }),
  );
}

function toLostRecord(attempt: LostAttempt): NotedAttempt {
  return { ...toAttemptCost(attempt, 0), finishReason: undefined };
}

/**
 * Combines the records of several answers to one request, and follows them. Each evaluated a separate prompt,
 * or all are choices of one prompt that the first one evaluated. Attempts are the maximum of all answers.
 */
export function combineRecords(
  records: readonly [Readonly<ChatRecord>, ...Readonly<ChatRecord>[]],
  prompts: 'one' | 'each',
): Readonly<ChatRecord> {
  return records.length === 1 ? records[0] : new CombinedRecord(records, prompts);
}

type SummedCount = keyof TokenCounts | 'toolCalls' | 'machineMs';

class CombinedRecord implements Readonly<ChatRecord> {
  readonly #records: readonly Readonly<ChatRecord>[];
  readonly #prompts: 'one' | 'each';
  readonly #first: Readonly<ChatRecord>;

  constructor(records: readonly [Readonly<ChatRecord>, ...Readonly<ChatRecord>[]], prompts: 'one' | 'each') {
    this.#records = records;
    this.#prompts = prompts;
    this.#first = records[0];
  }

  get promptTokens(): number {
    return this.#prompts === 'one' ? this.#first.promptTokens : this.#sum('promptTokens');
  }

  get cachedTokens(): number {
    return this.#prompts === 'one' ? this.#first.cachedTokens : this.#sum('cachedTokens');
  }

  get completionTokens(): number {
    return this.#sum('completionTokens');
  }

  get reasoningTokens(): number {
    return this.#sum('reasoningTokens');
  }

  get machineMs(): number {
    return this.#sum('machineMs');
  }

  get queueWaitMs(): number | undefined {
    return this.#first.queueWaitMs;
  }

  get sentAtMs(): number | undefined {
    return this.#first.sentAtMs;
  }

  get timeToFirstTokenMs(): number | undefined {
    return this.#first.timeToFirstTokenMs;
  }

  get timePerOutputTokenMs(): number | undefined {
    return this.#first.timePerOutputTokenMs;
  }

  get finishReason(): FinishReason | undefined {
    const isFinished = this.#records.every(({ finishReason }) => finishReason !== undefined);
    return isFinished ? this.#first.finishReason : undefined;
  }

  get toolCalls(): number {
    return this.#sum('toolCalls');
  }

  get structuredAttempts(): number | undefined {
    const attempts = this.#records.flatMap(({ structuredAttempts }) => structuredAttempts ?? []);
    return attempts.length === 0 ? undefined : Math.max(...attempts);
  }

  get attempts(): readonly AttemptRecord[] {
    return this.#records.flatMap(({ attempts }) => attempts);
  }

  get costs(): readonly Promise<unknown>[] {
    return this.#records.flatMap(({ costs }) => costs);
  }

  get answers(): readonly Answer[] {
    return this.#records
      .flatMap(({ answers }) => answers)
      .map(({ record, sharesPrompt }, index) => ({
        record,
        sharesPrompt: this.#prompts === 'one' ? index > 0 : sharesPrompt,
      }));
  }

  #sum(name: SummedCount): number {
    return this.#records.reduce((total, record) => total + record[name], 0);
  }
}
