// Checks that an answer with the finish reason `stop` is valid. Streams and plain answers pass the same
// check. Only a plain answer can be generated again, because the client has not seen the first one.
import type { GenerationEvent } from '../../backend/generation-event.ts';
import { createInvalidOutputError, ServiceError } from '../service-error.ts';
import type { ChatRecord } from './chat-record.ts';

/** The problems of a finished answer, one sentence each. Empty if it is valid. */
export type AnswerCheck = (answer: FinishedAnswer) => Promise<readonly string[]>;

export interface FinishedAnswer {
  readonly text: string;
  readonly calls: readonly FinishedCall[];
}

export interface FinishedCall {
  readonly name: string;
  readonly argumentsText: string;
}

/**
 * Passes an answer on as it is made, but its end only after the check. An answer that ran out of tokens, or that a filter
 * cut, is not checked: its finish reason says so.
 *
 * @throws {ServiceError} `invalid_structured_output` in place of the `finish` of an answer that fails the check.
 */
export async function* checkAnswer(
  events: AsyncIterable<GenerationEvent>,
  check: AnswerCheck,
  record: ChatRecord,
): AsyncGenerator<GenerationEvent> {
  let text = '';
  const calls: { name: string; argumentsText: string }[] = [];
  for await (const event of events) {
    if (event.type === 'text-delta') {
      text += event.text;
    } else if (event.type === 'tool-call-start') {
      calls[event.callIndex] = { name: event.name, argumentsText: '' };
    } else if (event.type === 'tool-call-delta') {
      const call = calls[event.callIndex];
      if (call !== undefined) call.argumentsText += event.argumentsText;
    } else if (event.type === 'finish' && (event.reason === 'stop' || event.reason === 'tool-calls')) {
      const problems = await check({ text, calls });
      if (problems.length > 0) {
        record.finishReason = undefined;
        throw createInvalidOutputError(problems, record.structuredAttempts ?? 1);
      }
    }
    yield event;
  }
}

/** The first answer that passes its check, whole, or what the last of `attemptsMax` throws. */
export async function* tryUntilValid(
  attempt: (number: number) => AsyncIterable<GenerationEvent>,
  attemptsMax: number,
): AsyncGenerator<GenerationEvent> {
  for (let number = 1; ; number += 1) {
    const events: GenerationEvent[] = [];
    try {
      for await (const event of attempt(number)) events.push(event);
    } catch (error) {
      if (number < attemptsMax && isInvalidOutput(error)) continue;
      throw error;
    }
    yield* events;
    return;
  }
}

function isInvalidOutput(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'invalid_structured_output';
}
