import { BackendError } from '../../backend/backend-error.ts';
import type { UpstreamCall } from '../../upstream/upstream-call.ts';

export interface UpstreamCallLogger {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Joins a request with the log of its upstream, and has the cause of a failure, which the client does not see. */
export function logUpstreamCall(logger: UpstreamCallLogger, upstream: string, call: UpstreamCall): void {
  const { requestId, upstreamRequestId, model, errorType, error, startedAtMs, endedAtMs } = call;
  const elapsedMs = Math.round((endedAtMs - startedAtMs) * 10) / 10;
  const fields = { requestId, upstreamRequestId, upstream, model, errorType, elapsedMs };
  // A fault of the request's is the client's affair, and what an upstream writes of it may have texts of the conversation.
  const isOfRequest = error instanceof BackendError && !error.isRetryable;
  const isFailure = errorType !== undefined && errorType !== 'cancelled' && !isOfRequest;
  if (isFailure) logger.warn({ ...fields, err: error }, 'an upstream failed a request');
  else logger.debug(fields, 'upstream request');
}
