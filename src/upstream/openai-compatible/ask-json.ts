import { noUsage, type TokenUsage } from '../../backend/generation-event.ts';
import type { RequestOrigin } from '../../backend/request-origin.ts';
import { tryParseJson } from '../../json/try-parse-json.ts';
import type { RefusedRequest } from '../../protocol/openai/upstream/read-upstream-error.ts';
import type { UpstreamBody } from '../../protocol/openai/upstream/to-upstream-request.ts';
import { UpstreamFormatError } from '../../protocol/openai/upstream/upstream-error.ts';
import { timeoutDefaults } from '../../upstream-rules/upstream-defaults.ts';
import { ask, type WholeAnswer } from '../transport/ask.ts';
import type { UpstreamPurpose } from '../upstream-call.ts';
import type { UpstreamTimeouts } from '../upstream-options.ts';
import { wholeAnswerBytesMax } from './answer-body.ts';
import { toCallTrace, toTraceHeaders, toUpstreamRequestId } from './call-trace.ts';
import { toBackendError, toRefusal } from './to-backend-error.ts';
import { toUpstreamCall } from './to-upstream-call.ts';
import type { ServerQuestion, UpstreamServer } from './upstream-server.ts';

/** Such questions are about texts. */
const aboutText: RefusedRequest = { promptKind: 'text' };

/** A question whose answer is read as a whole. */
export interface JsonQuestion<Answer> extends Pick<ServerQuestion, 'below' | 'path'> {
  readonly body: UpstreamBody;
  /** The upstream's name of the model. */
  readonly model: string;
  readonly purpose: UpstreamPurpose;
  readonly origin: RequestOrigin;
  readonly timeouts: UpstreamTimeouts;
  /** What it throws is an error of the upstream. */
  readonly read: (value: unknown) => Answer;
  /** Absent: it costs nothing. */
  readonly toUsage?: (answer: Answer) => TokenUsage;
  /** Called before a failure is thrown, if the upstream has the request and did not refuse it. Returns what that costs. */
  readonly onUnanswered?: () => TokenUsage;
}

/** @throws {BackendError} for everything but an abort, whose reason is thrown */
export async function askJson<Answer>(
  server: UpstreamServer,
  question: JsonQuestion<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  const { model, purpose, origin, toUsage, onUnanswered } = question;
  const trace = toCallTrace(origin);
  const startedAtMs = performance.now();
  let usage = noUsage;
  let answer: WholeAnswer | undefined;
  let wasSent = false;
  const noteEnd = (error?: unknown) => {
    const upstreamRequestId = answer && toUpstreamRequestId(answer.headers);
    const pace = { startedAtMs, firstTokenAtMs: undefined, lastPieceAtMs: performance.now(), tokenEvents: 0 };
    const call = { ...trace, model, purpose, isStreamed: false };
    server.onCall?.(toUpstreamCall({ error, usage, pace, upstreamRequestId }, call));
  };
  const noteUnanswered = () => {
    wasSent = true;
    usage = onUnanswered?.() ?? noUsage;
  };
  try {
    answer = await send(server, question, toTraceHeaders(trace), signal, noteUnanswered);
    const made = read(answer, question, noteUnanswered);
    usage = toUsage?.(made) ?? noUsage;
    noteEnd();
    return made;
  } catch (error) {
    const failure = signal.aborted ? signal.reason : toBackendError(error, aboutText, { wasSent });
    noteEnd(failure);
    throw failure;
  }
}

function send(
  server: UpstreamServer,
  { below, path, body, timeouts }: Pick<JsonQuestion<unknown>, 'below' | 'path' | 'body' | 'timeouts'>,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  onUnanswered: () => void,
): Promise<WholeAnswer> {
  const { connectMs = timeoutDefaults.connectMs, totalMs = timeoutDefaults.totalMs } = timeouts;
  const limits = { totalMs, answerBytesMax: wholeAnswerBytesMax, signal, onUnanswered };
  return ask(server.connections, server.toRequest({ below, path, body, headers, connectMs }), limits);
}

function read<Answer>(
  answer: WholeAnswer,
  question: Pick<JsonQuestion<Answer>, 'read'>,
  onUnanswered: () => void,
): Answer {
  if (answer.status !== 200) throw toRefusal(answer, answer.text, aboutText);
  try {
    return question.read(parse(answer.text));
  } catch (error) {
    onUnanswered();
    throw error;
  }
}

function parse(text: string): unknown {
  const value = tryParseJson(text);
  if (value === undefined) throw new UpstreamFormatError('The upstream sent an answer that is not JSON.');
  return value;
}
