import type { FinishReason, GenerationEvent, StartedEvent } from '../../backend/generation-event.ts';
import type { AttemptUsage, TokenCounts } from '../usage/usage-record.ts';
import type { Attempt } from './begin-attempt.ts';

/** What is known of one or more answers to a request so far; counts and times are those of the latest attempt. */
export interface ChatRecord extends TokenCounts {
  /** Time in the queue, of all attempts together. */
  queueWaitMs: number;
  /** From the start of the request to the first text, thought or call; undefined while there is none. */
  timeToFirstTokenMs: number | undefined;
  /** Mean pause between two tokens; undefined while there are fewer than two. */
  readonly timePerOutputTokenMs: number | undefined;
  /** undefined also for an answer that was made to its end and did not pass its check. */
  finishReason: FinishReason | undefined;
  /** Calls of tools that were begun. */
  toolCalls: number;
  /** Answers that were made to have one of the form that was asked for; undefined for free text. */
  structuredAttempts: number | undefined;
  /** All that were accepted. */
  readonly attempts: readonly AttemptRecord[];
  /** One for each answer. */
  readonly answers: readonly Answer[];
}

/** What one generation used so far. */
export type AttemptRecord = Omit<AttemptUsage, 'answer' | 'isReturned'>;

export interface Answer {
  readonly record: Readonly<ChatRecord>;
  /** Its prompt was evaluated for the answer before it. */
  readonly sharesPrompt: boolean;
}

/** The record of one answer. */
export interface AnswerRecord extends ChatRecord {
  readonly attempts: { -readonly [Name in keyof AttemptRecord]: AttemptRecord[Name] }[];
  /** When the latest token came, on the clock of `performance.now()`; undefined while there is none. */
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
    queueWaitMs: 0,
    timeToFirstTokenMs: undefined,
    firstTokenAtMs: undefined,
    lastTokenAtMs: undefined,
    finishReason: undefined,
    toolCalls: 0,
    structuredAttempts: undefined,
  };
  return record;
}

/** What of a completion is noted, and who is told of it. */
export interface Recording {
  readonly record: AnswerRecord;
  readonly startedAtMs: number;
  /** Called at the first text or at the end: the prompt was evaluated. */
  readonly onEvaluated: () => void;
}

/** The events of one attempt, noted in the record as they pass. */
export async function* recordAttempt(
  { started, rest }: Attempt,
  recording: Recording,
): AsyncGenerator<GenerationEvent> {
  try {
    yield started;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      noteEvent(next.value, recording);
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}

function noteEvent(event: GenerationEvent, { record, startedAtMs, onEvaluated }: Recording): void {
  // The prompt as it is told again says nothing of an answer.
  if (event.type === 'echo' || event.type === 'started') return;
  onEvaluated();
  const nowMs = performance.now();
  const attempt = record.attempts.at(-1);
  if (event.type === 'finish') {
    if (attempt !== undefined) {
      const { promptTokens, cachedTokens, completionTokens, reasoningTokens } = event.usage;
      Object.assign(attempt, { promptTokens, cachedTokens, completionTokens, reasoningTokens });
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
  // Deltas: all that an interrupted completion can know.
  attempt.completionTokens += 1;
  if (event.type === 'reasoning-delta') attempt.reasoningTokens += 1;
}

/** A new attempt begins, and the record with it, except for the time in the queue. */
export function noteStart(record: AnswerRecord, started: StartedEvent): void {
  const { promptTokens = 0, cachedTokens = 0 } = started;
  record.attempts.push({
    promptTokens,
    cachedTokens,
    completionTokens: 0,
    reasoningTokens: 0,
    finishReason: undefined,
  });
  record.queueWaitMs += started.queueWaitMs ?? 0;
  record.timeToFirstTokenMs = undefined;
  record.firstTokenAtMs = undefined;
  record.lastTokenAtMs = undefined;
  record.finishReason = undefined;
  record.toolCalls = 0;
}

/**
 * The records of several answers to one request as one, which follows them. Each evaluated a prompt of its own, or all
 * are choices of one prompt, which the first evaluated. Attempts are those of the answer that took most.
 */
export function combineRecords(
  records: readonly [Readonly<ChatRecord>, ...Readonly<ChatRecord>[]],
  prompts: 'one' | 'each',
): Readonly<ChatRecord> {
  const [first] = records;
  const evaluated = prompts === 'one' ? [first] : records;
  const sum = (name: keyof TokenCounts | 'toolCalls', of: readonly Readonly<ChatRecord>[] = records) =>
    of.reduce((total, record) => total + record[name], 0);
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
    get queueWaitMs() {
      return first.queueWaitMs;
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
