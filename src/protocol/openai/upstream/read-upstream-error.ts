import { isJsonObject } from '../shared/json-object.ts';

/** What an upstream's failure means for the request. */
export interface UpstreamErrorReading {
  readonly code:
    | 'upstream_error'
    | 'rate_limited'
    | 'overloaded'
    | 'invalid_request'
    | 'context_length_exceeded'
    | 'timeout';
  /** For clients: bounded, without addresses, keys or paths. */
  readonly sentence: string;
  readonly retryAfterMs: number | undefined;
  /** For the operator's log. */
  readonly cause: string;
}

export interface UpstreamErrorAnswer {
  readonly status: number;
  /** The value of `retry-after`; undefined: there is none. */
  readonly retryAfter: string | undefined;
  readonly bodyText: string;
}

/** What an answer with a status other than 200 means. */
export function readUpstreamError(answer: UpstreamErrorAnswer): UpstreamErrorReading {
  const { status, bodyText } = answer;
  return {
    code: status === 429 ? 'rate_limited' : status === 503 ? 'overloaded' : 'upstream_error',
    sentence: 'The upstream failed.',
    retryAfterMs: undefined,
    cause: `The upstream answered with the status ${status}: ${bodyText}`,
  };
}

/** The same for an error in a 200, or in mid-stream: the body of an `UpstreamFailure`. */
export function readUpstreamFailure(body: unknown): UpstreamErrorReading {
  const error = isJsonObject(body) ? body['error'] : undefined;
  const code = isJsonObject(error) ? error['code'] : undefined;
  const status = typeof code === 'number' && code >= 400 && code < 600 ? code : 500;
  return readUpstreamError({ status, retryAfter: undefined, bodyText: JSON.stringify(body) });
}
