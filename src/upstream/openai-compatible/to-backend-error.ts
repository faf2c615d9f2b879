import { errors } from 'undici';
import { BackendError } from '../../backend/backend-error.ts';
import { EventStreamError } from '../../protocol/openai/shared/event-stream-parser.ts';
import {
  type RefusedRequest,
  readUpstreamError,
  readUpstreamFailure,
} from '../../protocol/openai/upstream/read-upstream-error.ts';
import { UpstreamFailure, UpstreamFormatError } from '../../protocol/openai/upstream/upstream-error.ts';
import type { AnswerTime } from '../transport/answer-clock.ts';
import { AnswerTooLongError, AnswerTooSlowError } from '../transport/ask.ts';
import { TooManyConnectionsError } from '../transport/connections.ts';
import type { AnswerHead } from '../transport/exchange.ts';

/** How far a request and its answer came. */
export interface Progress {
  /** The upstream has the request, or a part of it. */
  readonly wasSent?: boolean;
  /** Its head came. */
  readonly hasHead?: boolean;
  /** The upstream took the request. */
  readonly wasGenerating?: boolean;
}

/** What failed, as those see it who asked. Sentences hold no address; `cause` is for logs. */
export function toBackendError(
  error: unknown,
  request: RefusedRequest,
  { wasSent = false, hasHead = false, wasGenerating = false }: Progress = {},
): BackendError {
  if (error instanceof BackendError) return error;
  if (error instanceof UpstreamFailure) {
    const failure = readUpstreamFailure(error.body, request);
    return wasGenerating ? toLaterFailure(failure) : failure;
  }
  const details = { cause: error, wasGenerating };
  const ofAnswer = { ...details, mayBeProvoked: true };
  if (error instanceof UpstreamFormatError || error instanceof EventStreamError) {
    return new BackendError('upstream_error', error.message, ofAnswer);
  }
  if (error instanceof AnswerTooLongError) {
    return new BackendError('upstream_error', 'The answer of the upstream is too long.', ofAnswer);
  }
  if (error instanceof TooManyConnectionsError) {
    return new BackendError('overloaded', 'Too many requests to the upstream are under way.', details);
  }
  if (error instanceof AnswerTooSlowError) {
    return new BackendError('timeout', 'The upstream took too long to answer.', {
      ...details,
      isRetryable: true,
    });
  }
  if (error instanceof errors.ConnectTimeoutError) {
    return new BackendError('timeout', 'The upstream took too long to accept a connection.', {
      ...details,
      isRetryable: true,
    });
  }
  if (error instanceof errors.HeadersOverflowError) {
    return new BackendError('upstream_error', "The head of the upstream's answer is too long.", details);
  }
  const sentence = hasHead
    ? 'The connection to the upstream broke before its answer was complete.'
    : 'The upstream could not be reached, or closed the connection without an answer.';
  const lost = { ...(hasHead ? ofAnswer : details), isServerLost: wasSent || hasHead };
  return new BackendError('upstream_error', sentence, lost);
}

const timeoutSentences: Readonly<Record<AnswerTime, string>> = {
  firstTokenMs: 'The upstream took too long to begin its answer.',
  betweenChunksMs: 'The upstream stopped in the middle of its answer.',
  totalMs: 'The upstream took too long to complete its answer.',
};

export function toTimeoutError(which: AnswerTime, wasGenerating: boolean): BackendError {
  return new BackendError('timeout', timeoutSentences[which], { isRetryable: true, wasGenerating });
}

/** An answer with another status than 200. */
export function toRefusal(
  { status, headers }: AnswerHead,
  bodyText: string,
  request: RefusedRequest,
): BackendError {
  return readUpstreamError({ status, headers, bodyText }, request);
}

/** The same in the middle of an answer. */
function toLaterFailure(error: BackendError): BackendError {
  const { code, sentence, place, retryAfterMs, isRetryable, mayBeProvoked, cause } = error;
  return new BackendError(code, sentence, {
    retryAfterMs,
    isRetryable,
    mayBeProvoked,
    wasGenerating: true,
    place,
    cause,
  });
}
