import type { FinishReason, GenerationEvent, StartedEvent } from '../../backend/generation-event.ts';
import type { Attempt } from './begin-attempt.ts';

/** What is known of a completion, for metering and the access log; of several attempts the latest counts. */
export interface ChatRecord {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  /** Time in the queue, of all attempts together. */
  queueWaitMs: number;
  /** From the start of the request to the first text, thought or call; undefined while there is none. */
  timeToFirstTokenMs: number | undefined;
  /** undefined also for an answer that was made to its end and did not pass its check. */
  finishReason: FinishReason | undefined;
  /** Calls of tools that were begun. */
  toolCalls: number;
  /** Answers that were made to have one of the form that was asked for; undefined for free text. */
  structuredAttempts: number | undefined;
}

export function createChatRecord(): ChatRecord {
  return {
    promptTokens: 0,
    cachedTokens: 0,
    completionTokens: 0,
    queueWaitMs: 0,
    timeToFirstTokenMs: undefined,
    finishReason: undefined,
    toolCalls: 0,
    structuredAttempts: undefined,
  };
}

/** What of a completion is noted, and who is told of it. */
export interface Recording {
  readonly record: ChatRecord;
  readonly startedAtMs: number;
  /** Called at the first text or at the end: the prompt was evaluated. */
  readonly onEvaluated: () => void;
}

/** The events of one attempt, noted in the record as they pass. */
export async function* recordAttempt(
  { started, rest }: Attempt,
  { record, startedAtMs, onEvaluated }: Recording,
): AsyncGenerator<GenerationEvent> {
  try {
    yield started;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      const event = next.value;
      // The prompt as it is told again says nothing of an answer.
      if (event.type === 'echo') {
        yield event;
        continue;
      }
      onEvaluated();
      if (event.type === 'finish') {
        record.completionTokens = event.usage.completionTokens;
        record.finishReason = event.reason;
      } else if (event.type !== 'started') {
        record.timeToFirstTokenMs ??= performance.now() - startedAtMs;
        // Deltas: all that an interrupted completion can know.
        record.completionTokens += 1;
        if (event.type === 'tool-call-start') record.toolCalls += 1;
      }
      yield event;
    }
  } finally {
    await rest.return?.();
  }
}

/** A new attempt begins, and the record with it, except for the time in the queue. */
export function noteStart(record: ChatRecord, started: StartedEvent): void {
  record.promptTokens = started.promptTokens;
  record.cachedTokens = started.cachedTokens;
  record.completionTokens = 0;
  record.queueWaitMs += started.queueWaitMs;
  record.timeToFirstTokenMs = undefined;
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
  type Count = 'promptTokens' | 'cachedTokens' | 'completionTokens' | 'toolCalls';
  const sum = (name: Count, of: readonly Readonly<ChatRecord>[] = records) =>
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
    get queueWaitMs() {
      return first.queueWaitMs;
    },
    get timeToFirstTokenMs() {
      return first.timeToFirstTokenMs;
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
  };
}
