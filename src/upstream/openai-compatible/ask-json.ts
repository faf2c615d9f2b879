import { tryParseJson } from '../../json/try-parse-json.ts';
import type { RefusedRequest } from '../../protocol/openai/upstream/read-upstream-error.ts';
import { UpstreamFormatError } from '../../protocol/openai/upstream/upstream-error.ts';
import { timeoutDefaults } from '../../upstream-rules/upstream-defaults.ts';
import { ask } from '../transport/ask.ts';
import type { UpstreamTimeouts } from '../upstream-options.ts';
import { wholeAnswerBytesMax } from './answer-body.ts';
import { toBackendError, toRefusal } from './to-backend-error.ts';
import type { ServerQuestion, UpstreamServer } from './upstream-server.ts';

/** Such questions are about texts. */
const aboutText: RefusedRequest = { promptKind: 'text' };

/**
 * Asks, and reads the JSON of the answer. What `read` throws is an error of the upstream.
 *
 * @param onUnanswered called before a failure is thrown, if the upstream has the request and did not refuse it
 * @throws {BackendError} for everything but an abort, whose reason is thrown
 */
export async function askJson<Answer>(
  server: UpstreamServer,
  question: ServerQuestion,
  read: (value: unknown) => Answer,
  { connectMs = timeoutDefaults.connectMs, totalMs = timeoutDefaults.totalMs }: UpstreamTimeouts,
  signal: AbortSignal,
  onUnanswered?: () => void,
): Promise<Answer> {
  try {
    const limits = { totalMs, answerBytesMax: wholeAnswerBytesMax, signal, onUnanswered };
    const answer = await ask(server.connections, server.toRequest({ ...question, connectMs }), limits);
    if (answer.status !== 200) throw toRefusal(answer, answer.text, aboutText);
    try {
      return read(parse(answer.text));
    } catch (error) {
      onUnanswered?.();
      throw error;
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw toBackendError(error, aboutText);
  }
}

function parse(text: string): unknown {
  const value = tryParseJson(text);
  if (value === undefined) throw new UpstreamFormatError('The upstream sent an answer that is not JSON.');
  return value;
}
