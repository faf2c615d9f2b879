import { BackendError } from '../backend/backend-error.ts';
import { describePlace, writePlacedText } from '../backend/placed-text.ts';
import type { ToParam } from '../backend/request-place.ts';
import {
  type ErrorBody,
  RequestError,
  type RequestErrorCode,
  toErrorBody,
} from '../protocol/openai/shared/error.ts';
import { KeyServiceError } from '../service/keys/key-service-error.ts';
import { LimitError } from '../service/limits/limit-error.ts';
import { isWindowLimit } from '../service/limits/window-limits.ts';
import { isStoreFailure, ServiceError } from '../service/service-error.ts';
import { type ErrorCode, type ErrorReply, errorTable, type HttpErrorCode, wireCodes } from './error-table.ts';
import { toKeyFailure } from './key-failure.ts';

/** A failure that arose in the HTTP layer itself. Its message is shown to the client. */
export class HttpError extends Error {
  readonly code: HttpErrorCode;

  constructor(code: HttpErrorCode, message: string) {
    super(message);
    this.name = 'HttpError';
    this.code = code;
  }
}

/** Why a request failed, also where OpenAI's form has another name for it or none. */
export type FailureCode = ErrorCode | RequestErrorCode;

/** A failure as it goes out in OpenAI's form. */
export interface HttpFailure {
  readonly code: FailureCode;
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;
  /** A fault of ours, to be logged whole: the client sees none of it. */
  readonly isUnexpected: boolean;
}

/** Characters of a `param`: the path in a schema holds names that a client chose. */
export const paramCharactersMax = 500;

/**
 * Everything that may be thrown while a request is served, in the one form that clients read.
 *
 * @param toParam how the endpoint names the places that errors are about
 */
export function toHttpFailure(error: unknown, toParam: ToParam = () => null): HttpFailure {
  if (error instanceof RequestError) {
    const { message, type, code, param } = error;
    return toFailure(code, 400, toErrorBody({ message, type, code, param }), false);
  }
  if (error instanceof BackendError || error instanceof ServiceError) {
    const { code, sentence, place } = error;
    const message = writePlacedText(sentence, (named) => cutParam(toParam(named)) ?? describePlace(named));
    const param = place === undefined ? null : cutParam(toParam(place));
    if (error instanceof LimitError) return toLimitFailure(error, message);
    return fromTable(code, message, param, error instanceof BackendError ? error.retryAfterMs : undefined);
  }
  if (error instanceof HttpError) {
    return fromTable(error.code, error.message);
  }
  if (error instanceof KeyServiceError) {
    const failure = toKeyFailure(error);
    return failure === undefined ? unexpected : fromTable(failure.code, error.message, failure.param);
  }
  if (isStoreFailure(error)) return storeFailure;
  return fromFastify(error) ?? unexpected;
}

/** Its type says what was used up, requests or tokens. A client need not try again what no wait helps. */
function toLimitFailure({ code, limit, retryAfterMs }: LimitError, message: string): HttpFailure {
  const { status, type } = errorTable[code];
  const isRetryable =
    code === 'rate_limit_exceeded' && (retryAfterMs !== undefined || limit === 'concurrentRequests');
  const counted = isWindowLimit(limit, 'tokens') ? 'tokens' : 'requests';
  return toFailure(
    code,
    status,
    toErrorBody({ message, type: limit === 'budget' ? type : counted, param: null, code }),
    isRetryable,
    retryAfterMs,
  );
}

function cutParam(param: string | null): string | null {
  if (param === null || param.length <= paramCharactersMax) return param;
  return `${param.slice(0, paramCharactersMax - 1)}…`;
}

const unexpected: HttpFailure = {
  ...fromTable('server_error', 'The server had an error while processing your request.'),
  isUnexpected: true,
};

/** A client may try again after this time, in milliseconds: a database that starts again takes seconds. */
const storeRetryAfterMs = 1000;

const storeFailure: HttpFailure = {
  ...fromTable(
    'store_unavailable',
    'The server can not reach its store of keys and answers. Try again later.',
    null,
    storeRetryAfterMs,
  ),
  isUnexpected: true,
};

/** Errors of Fastify before a handler runs. Source: fastify.dev, Reference/Errors. */
function fromFastify(error: unknown): HttpFailure | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) {
    return undefined;
  }
  switch ('code' in error ? error.code : undefined) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return fromTable('request_too_large', 'The request body is larger than this server accepts.');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return fromTable('unsupported_media_type', 'The content type must be application/json.');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return fromTable('malformed_body', 'The request body is empty; it must be a JSON object.');
    default:
      break;
  }
  return error.statusCode === 400
    ? fromTable('malformed_body', 'The request body could not be parsed as JSON.')
    : undefined;
}

function fromTable(
  code: ErrorCode,
  message: string,
  param: string | null = null,
  retryAfterMs?: number,
): HttpFailure {
  const { status, type, isRetryable }: ErrorReply = errorTable[code];
  const wireCode = wireCodes[code];
  const body = toErrorBody({
    message,
    type,
    param,
    code: wireCode === undefined ? code : wireCode,
  });
  return toFailure(code, status, body, isRetryable, retryAfterMs);
}

function toFailure(
  code: FailureCode,
  status: number,
  body: ErrorBody,
  isRetryable: boolean,
  retryAfterMs?: number,
): HttpFailure {
  return {
    code,
    status,
    body,
    isUnexpected: false,
    headers: {
      ...(isRetryable ? {} : { 'x-should-retry': 'false' }),
      ...(retryAfterMs === undefined ? {} : { 'retry-after': toRetryAfter(retryAfterMs) }),
      // RFC 9110, 11.6.1: a 401 always says how to authenticate.
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="gravix"' } : {}),
    },
  };
}

/** Whole seconds, as RFC 9110 wants them; at least one. */
function toRetryAfter(retryAfterMs: number): string {
  return String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
}
