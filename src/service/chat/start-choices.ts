// The choices of one request, each a separate completion.
//
// A backend that supports several choices gets one request. Any other backend gets one per choice: the first
// one runs alone until its first token. By then its prompt is in the backend's prompt cache, where the others
// find it. They then run at the same time, as slots become free.
import type { Backend } from '../../backend/backend.ts';
import type { Generation } from '../../backend/generation.ts';
import type { GenerationEvent } from '../../backend/generation-event.ts';
import type { GenerationRequest } from '../../backend/generation-request.ts';
import type { AttemptMeter, RequestMeter } from '../limits/request-meter.ts';
import { untilAborted } from '../time-limit.ts';
import { type Attempt, beginAttempt, varyAttempt } from './begin-attempt.ts';
import {
  AnswerRecord,
  type ChatRecord,
  combineRecords,
  noteLost,
  noteStart,
  type Recording,
  recordAttempt,
} from './chat-record.ts';
import { type AnswerCheck, checkAnswer, tryUntilValid } from './check-output.ts';
import type { PreparedAnswer } from './prepare-answer.ts';
import { splitChoices } from './split-choices.ts';
import { toChoiceRequest } from './to-choice-request.ts';

/** The shared state of all choices. */
export interface ChoiceContext {
  readonly backend: Backend;
  /** undefined: free text. */
  readonly output: PreparedAnswer | undefined;
  readonly signal: AbortSignal;
  readonly startedAtMs: number;
  /** Follows what is made; undefined: nothing is limited. */
  readonly meter: RequestMeter | undefined;
  /** Gets the record before the first attempt, which may cost something and fail, and again when it grows. */
  readonly onRecord: (record: Readonly<ChatRecord>) => void;
}

export interface StartedChoices {
  /** Of each choice its events; all are to be read at the same time, and to their end or to an early return. */
  readonly choices: readonly AsyncIterable<GenerationEvent>[];
  readonly record: Readonly<ChatRecord>;
}

interface Completion extends ChoiceContext, Omit<Recording, 'attemptMeter'> {
  readonly request: GenerationRequest;
  /** Begins its first attempt. */
  readonly generate: () => Generation;
  /** Its prompt was evaluated for the answer before it. */
  readonly sharesPrompt: boolean;
}

/** Waits until the first choice was accepted; what the backend refuses is thrown here. */
export async function startChoices(
  request: GenerationRequest,
  choiceCount: number,
  context: ChoiceContext,
  attemptsMax: number,
): Promise<StartedChoices> {
  const { first, further, turn } = toCompletions(request, choiceCount, context);
  const record = combineRecords([first.record, ...further.map((completion) => completion.record)], 'one');
  context.onRecord(record);
  const attempt = await begin(first, 1);
  return {
    choices: [
      readCompletion(first, attempt, attemptsMax),
      ...further.map((completion) => readLater(completion, turn, attemptsMax)),
    ],
    record,
  };
}

/** The same for a request that starts when `turn` resolves and that nothing waits for. */
export function startChoicesLater(
  request: GenerationRequest,
  choiceCount: number,
  context: ChoiceContext,
  attemptsMax: number,
  turn: Promise<void>,
): StartedChoices {
  const { first, further, turn: furtherTurn } = toCompletions(request, choiceCount, context);
  return {
    choices: [
      readLater(first, turn, attemptsMax),
      ...further.map((completion) => readLater(completion, furtherTurn, attemptsMax)),
    ],
    record: combineRecords([first.record, ...further.map(({ record }) => record)], 'one'),
  };
}

/** `turn`: when the further ones may begin. */
function toCompletions(request: GenerationRequest, choiceCount: number, context: ChoiceContext) {
  const { backend, signal } = context;
  let onEvaluated = () => {};
  const turn = new Promise<void>((resolve) => {
    onEvaluated = resolve;
  });
  const beginTogether = toTogether(request, choiceCount, context, () => onEvaluated());
  const toCompletion = (choice: number): Completion => {
    // The others begin with the first token of the first one, so it is read as it comes.
    const isAwaited = choice === 0 && choiceCount > 1 && beginTogether === undefined;
    const chosen = toChoiceRequest(request, choice);
    const own = isAwaited ? { ...chosen, isStreamed: true } : chosen;
    return {
      backend,
      output: context.output,
      signal,
      startedAtMs: context.startedAtMs,
      meter: context.meter,
      onRecord: context.onRecord,
      request: own,
      generate: () => beginTogether?.(choice) ?? backend.generate(own, signal),
      record: new AnswerRecord(),
      sharesPrompt: choice > 0,
      onEvaluated,
    };
  };
  const further = Array.from({ length: choiceCount - 1 }, (_, index) => toCompletion(index + 1));
  return { first: toCompletion(0), further, turn };
}

/** Starts all choices with the first one that is read. Undefined if each is a separate request. */
function toTogether(
  request: GenerationRequest,
  choiceCount: number,
  { backend, signal }: ChoiceContext,
  onBegun: () => void,
): ((choice: number) => Generation | undefined) | undefined {
  if (choiceCount === 1 || backend.generateChoices === undefined) return undefined;
  let generations: readonly Generation[] | undefined;
  return (choice) => {
    if (generations === undefined) {
      const together = backend.generateChoices?.(request, choiceCount, signal);
      generations = together && splitChoices(together, choiceCount);
      onBegun();
    }
    return generations?.[choice];
  };
}

async function begin(completion: Completion, number: number): Promise<MeteredAttempt> {
  const { backend, request, generate, output, signal, record, meter, sharesPrompt } = completion;
  if (output?.hasForm === true) record.structuredAttempts = number;
  record.sentAtMs ??= performance.now();
  const generation = number === 1 ? generate() : backend.generate(varyAttempt(request, number), signal);
  const attempt = await beginAttempt(generation).catch((error: unknown) => {
    noteLost(record, generation.settled);
    throw error;
  });
  const isShared = sharesPrompt && number === 1;
  const { promptTokens, servedBy } = attempt.started;
  const attemptMeter = meter?.begin(isShared ? undefined : promptTokens, servedBy);
  noteStart(record, attempt, attemptMeter);
  const { started, rest, settled } = attempt;
  return { started, rest, settled, attemptMeter };
}

interface MeteredAttempt extends Attempt {
  readonly attemptMeter: AttemptMeter | undefined;
}

async function* readLater(
  completion: Completion,
  turn: Promise<void>,
  attemptsMax: number,
): AsyncGenerator<GenerationEvent> {
  await untilAborted(turn, completion.signal);
  yield* readCompletion(completion, await begin(completion, 1), attemptsMax);
}

function readCompletion(
  completion: Completion,
  first: MeteredAttempt,
  attemptsMax: number,
): AsyncIterable<GenerationEvent> {
  const { output, request, signal, record } = completion;
  const check = output?.check;
  if (check === undefined) return recordAttempt(first, toRecording(completion, first));
  const checkInTime: AnswerCheck = async (answer) =>
    addStopHint(await untilAborted(check(answer), signal), request.stop);
  const read = async function* (number: number): AsyncGenerator<GenerationEvent> {
    const attempt = number === 1 ? first : await begin(completion, number);
    yield* checkAnswer(recordAttempt(attempt, toRecording(completion, attempt)), checkInTime, record);
  };
  return attemptsMax === 1 ? read(1) : tryUntilValid(read, attemptsMax);
}

function toRecording(
  { record, startedAtMs, onEvaluated }: Completion,
  { attemptMeter }: MeteredAttempt,
): Recording {
  return { record, startedAtMs, onEvaluated, attemptMeter };
}

/** Otherwise the client would not learn that its `stop` makes every answer invalid. */
function addStopHint(problems: readonly string[], stop: readonly string[]): readonly string[] {
  if (stop.length === 0) return problems;
  return problems.map(
    (problem) => `${problem} A stop sequence of the request may have cut the answer short.`,
  );
}
