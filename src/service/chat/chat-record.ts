import type { LostAttempt, SettledUsage } from '../../backend/generation.ts';
import type { FinishReason, GenerationEvent, TokenUsage } from '../../backend/generation-event.ts';
import { createQuotaError } from '../limits/limit-error.ts';
import type { AttemptMeter } from '../limits/request-meter.ts';
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

/** The record of one answer. */
export interface AnswerRecord extends ChatRecord {
  readonly attempts: { -readonly [Name in keyof AttemptRecord]: AttemptRecord[Name] }[];
  readonly costs: Promise<unknown>[];
  /** The time of the latest token, on the clock of `performance.now()`. Undefined before the first one. */
  lastTokenAtMs: number | undefined;
  firstTokenAtMs: number | undefined;
}

export function createChatRecord(): AnswerRecord {
  const attempts: AnswerRecord['attempts'] = [];
  const latest = () => attempts.at(-1);
  const record: AnswerRecord = {
    get promptTokens() {
      return latest()?.promptTokens ?? 0;
    },
    get cachedTokens() {
      return latest()?.cachedTokens ?? 0;
    },
    get completionTokens() {
      return latest()?.completionTokens ?? 0;
    },
    get reasoningTokens() {
      return latest()?.reasoningTokens ?? 0;
    },
    get machineMs() {
      return latest()?.machineMs ?? 0;
    },
    get timePerOutputTokenMs() {
      const { firstTokenAtMs, lastTokenAtMs, completionTokens } = record;
      if (firstTokenAtMs === undefined || lastTokenAtMs === undefined || completionTokens < 2)
        return undefined;
      return (lastTokenAtMs - firstTokenAtMs) / (completionTokens - 1);
    },
    get answers() {
      return [{ record, sharesPrompt: false }];
    },
    attempts,
    costs: [],
    queueWaitMs: undefined,
    sentAtMs: undefined,
    timeToFirstTokenMs: undefined,
    firstTokenAtMs: undefined,
    lastTokenAtMs: undefined,
    finishReason: undefined,
    toolCalls: 0,
    structuredAttempts: undefined,
  };
  return record;
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
  const attempt = record.attempts.at(-1);
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

function setCounts(attempt: AnswerRecord['attempts'][number], usage: TokenUsage): void {
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
  const { promptTokens = 0, cachedTokens = 0, queueWaitMs, servedBy } = started;
  const attempt: AnswerRecord['attempts'][number] = {
    promptTokens,
    cachedTokens,
    completionTokens: 0,
    reasoningTokens: 0,
    isEstimated: false,
    finishReason: undefined,
    deployment: servedBy,
    get machineMs() {
      return meter?.machineMs() ?? 0;
    },
  };
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

/** A generation failed, or was left, before it had begun. Its backend may have worked all the same. */
export function noteLost(record: AnswerRecord, settled: Promise<SettledUsage>): void {
  record.costs.push(
    settled.then(({ lostAttempts = [], ...usage }) => {
      record.attempts.push(...[...lostAttempts, ...(isSpent(usage) ? [usage] : [])].map(toLostRecord));
    }),
  );
}

function isSpent({ promptTokens, completionTokens }: TokenUsage): boolean {
  return promptTokens + completionTokens > 0;
}

function toLostRecord({ servedBy, ...usage }: LostAttempt): AnswerRecord['attempts'][number] {
  const { promptTokens, cachedTokens, completionTokens, reasoningTokens, isEstimated = false } = usage;
  const counts = { promptTokens, cachedTokens, completionTokens, reasoningTokens };
  return { ...counts, isEstimated, machineMs: 0, finishReason: undefined, deployment: servedBy };
}

/**
 * Combines the records of several answers to one request, and follows them. Each evaluated a separate prompt,
 * or all are choices of one prompt that the first one evaluated. Attempts are the maximum of all answers.
 */
export function combineRecords(
  records: readonly [Readonly<ChatRecord>, ...Readonly<ChatRecord>[]],
  prompts: 'one' | 'each',
): Readonly<ChatRecord> {
  const [first] = records;
  const evaluated = prompts === 'one' ? [first] : records;
  const sum = (
    name: keyof TokenCounts | 'toolCalls' | 'machineMs',
    of: readonly Readonly<ChatRecord>[] = records,
  ) => of.reduce((total, record) => total + record[name], 0);
  return {
    get promptTokens() {
      return sum('promptTokens', evaluated);
    },
    get cachedTokens() {
      return sum('cachedTokens', evaluated);
    },
    get completionTokens() {
      return sum('completionTokens');
    },
    get reasoningTokens() {
      return sum('reasoningTokens');
    },
    get machineMs() {
      return sum('machineMs');
    },
    get queueWaitMs() {
      return first.queueWaitMs;
    },
    get sentAtMs() {
      return first.sentAtMs;
    },
    get timeToFirstTokenMs() {
      return first.timeToFirstTokenMs;
    },
    get timePerOutputTokenMs() {
      return first.timePerOutputTokenMs;
    },
    get finishReason() {
      return records.every(({ finishReason }) => finishReason !== undefined) ? first.finishReason : undefined;
    },
    get toolCalls() {
      return sum('toolCalls');
    },
    get structuredAttempts() {
      const attempts = records.flatMap(({ structuredAttempts }) => structuredAttempts ?? []);
      return attempts.length === 0 ? undefined : Math.max(...attempts);
    },
    get attempts() {
      return records.flatMap(({ attempts }) => attempts);
    },
    get costs() {
      return records.flatMap(({ costs }) => costs);
    },
    get answers() {
      return records
        .flatMap(({ answers }) => answers)
        .map(({ record, sharesPrompt }, index) => ({
          record,
          sharesPrompt: prompts === 'one' ? index > 0 : sharesPrompt,
        }));
    },
  };
}
