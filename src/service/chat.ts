import type { Backend } from '../backend/backend.ts';
import type { GenerationEvent } from '../backend/generation-event.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';
import type { Router } from '../gateway/router.ts';
import { type Attempt, beginAttempt, varyAttempt } from './begin-attempt.ts';
import { type ChatRecord, createChatRecord, noteStart, recordAttempt } from './chat-record.ts';
import { checkAnswer, type OutputCheck, tryUntilValid } from './check-output.ts';
import type { OutputCompiler } from './output-compiler.ts';
import { type PreparedOutput, prepareOutput } from './prepare-output.ts';
import { createModelNotFoundError } from './service-error.ts';
import { shownSchemaCharactersMax, showSchema } from './show-schema.ts';
import { createTimeLimit, type TimeLimit, untilAborted } from './time-limit.ts';

export interface ChatServiceOptions {
  readonly router: Router;
  readonly compiler: OutputCompiler;
  /** Time that a completion may take in all, its wait and all its attempts included, in milliseconds. */
  readonly requestMsMax: number;
  /** The model reads the schema that its answer must match. */
  readonly showSchema: boolean;
  /** Answers made at most for a plain request whose answer must pass a check; 1 or more. */
  readonly structuredAttemptsMax: number;
}

export interface ChatStart {
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  /** Events are wanted as they are made, so that an answer that fails its check can't be made anew. */
  readonly isStreamed: boolean;
}

export interface ChatService {
  /**
   * Begins a completion and waits until its prompt was accepted, so that a refusal is thrown here and not in
   * mid-stream: `ServiceError` for an unknown model and for a form that can't be enforced, `BackendError` for
   * what the backend refuses.
   */
  start(modelName: string, request: GenerationRequest, start: ChatStart): Promise<ChatRun>;
}

/** A completion under way. */
export interface ChatRun {
  readonly systemFingerprint: string;
  /**
   * To be read once, to its end or to an early return; `started` comes first. A `finish` with `stop` is that of an
   * answer in the form that was asked for, else `ServiceError` `invalid_structured_output` is thrown in its place.
   */
  readonly events: AsyncIterable<GenerationEvent>;
  /** Aborts when its time is over or its client left: for whoever waits for anything but the next event. */
  readonly signal: AbortSignal;
  /** What is known so far, for metering and the access log. */
  readonly record: ChatRecord;
  /** Paths of the keywords of a schema that nothing holds; only where it is not strict. */
  readonly unenforced: readonly string[];
}

export function createChatService(options: ChatServiceOptions): ChatService {
  const { router, compiler, requestMsMax } = options;
  return {
    start: async (modelName, request, { signal: clientSignal, isStreamed }) => {
      const deployment = router.find(modelName);
      if (deployment === undefined) {
        throw createModelNotFoundError(modelName);
      }
      const { backend } = deployment;
      const startedAtMs = performance.now();
      const limit = createTimeLimit(requestMsMax, clientSignal);
      const { signal } = limit;
      try {
        const { outputFormat } = request;
        const output = outputFormat && (await untilAborted(prepareOutput(compiler, outputFormat), signal));
        const generation = output ? toStructured(request, output, backend, options) : request;
        const completion = {
          backend,
          request: generation,
          output,
          signal,
          startedAtMs,
          record: createChatRecord(),
        };
        const first = await begin(completion, 1);
        const attemptsMax = isStreamed ? 1 : options.structuredAttemptsMax;
        return {
          systemFingerprint: backend.describe()?.fingerprint ?? '',
          signal,
          events: clearAtEnd(readCompletion(completion, first, attemptsMax), limit),
          record: completion.record,
          unenforced: output?.unenforced ?? [],
        };
      } catch (error) {
        limit.clear();
        throw error;
      }
    },
  };
}

function toStructured(
  request: GenerationRequest,
  output: PreparedOutput,
  backend: Backend,
  options: ChatServiceOptions,
): GenerationRequest {
  const { outputFormat, messages } = request;
  const contextLength = backend.describe()?.contextLength ?? shownSchemaCharactersMax;
  return {
    ...request,
    grammar: output.grammar,
    messages:
      options.showSchema && outputFormat ? showSchema(messages, outputFormat, contextLength) : messages,
  };
}

interface Completion {
  readonly backend: Backend;
  readonly request: GenerationRequest;
  /** undefined: free text. */
  readonly output: PreparedOutput | undefined;
  readonly signal: AbortSignal;
  readonly startedAtMs: number;
  readonly record: ChatRecord;
}

async function begin(completion: Completion, number: number): Promise<Attempt> {
  const { backend, request, output, signal, record } = completion;
  if (output !== undefined) record.structuredAttempts = number;
  const attempt = await beginAttempt(backend, number === 1 ? request : varyAttempt(request, number), signal);
  noteStart(record, attempt.started);
  return attempt;
}

function readCompletion(
  completion: Completion,
  first: Attempt,
  attemptsMax: number,
): AsyncIterable<GenerationEvent> {
  const { output, signal, startedAtMs, record } = completion;
  const check = output?.check;
  if (check === undefined) return recordAttempt(first, record, startedAtMs);
  const checkInTime: OutputCheck = (text) => untilAborted(check(text), signal);
  const read = async function* (number: number): AsyncGenerator<GenerationEvent> {
    const attempt = number === 1 ? first : await begin(completion, number);
    yield* checkAnswer(recordAttempt(attempt, record, startedAtMs), checkInTime, record);
  };
  return attemptsMax === 1 ? read(1) : tryUntilValid(read, attemptsMax);
}

async function* clearAtEnd(
  events: AsyncIterable<GenerationEvent>,
  limit: TimeLimit,
): AsyncGenerator<GenerationEvent> {
  try {
    yield* events;
  } finally {
    limit.clear();
  }
}
