import { BackendError } from '../backend/backend-error.ts';
import { type ErrorBody, RequestError, toErrorBody } from '../protocol/openai/shared/error.ts';
import { ServiceError } from '../service/service-error.ts';
import { type ErrorCode, type ErrorReply, errorTable, type HttpErrorCode, wireCodes } from './error-table.ts';

/** A failure that arose in the HTTP layer itself. Its message is shown to the client. */
export class HttpError extends Error {
  readonly code: HttpErrorCode;

  constructor(code: HttpErrorCode, message: string) {
    super(message);
    this.name = 'HttpError';
    this.code = code;
  }
}

/** A failure of what endpoints share, whose parameter has another name at this one. */
export class RenamedParamError extends Error {
  readonly toParam: (param: string) => string;

  constructor(cause: unknown, toParam: (param: string) => string) {
    super('The parameter at fault has another name here.', { cause });
    this.name = 'RenamedParamError';
    this.toParam = toParam;
  }
}

/** What is wrong with a prompt stands under the name that it has at this endpoint; other errors are left as they are. */
export function toPromptError(error: unknown, param: string): unknown {
  const isOfPrompt =
    error instanceof BackendError &&
    (error.code === 'context_length_exceeded' || error.code === 'unknown_prompt_token');
  return isOfPrompt ? new RenamedParamError(error, () => param) : error;
}

/** A failure as it goes out. */
export interface HttpFailure {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;
  /** A fault of ours, to be logged whole: the client sees none of it. */
  readonly isUnexpected: boolean;
}

/** Everything that may be thrown while a request is served, in the one form that clients read. */
export function toHttpFailure(error: unknown): HttpFailure {
  if (error instanceof RenamedParamError) {
    const failure = toHttpFailure(error.cause);
    const { param, message, ...rest } = failure.body.error;
    if (param === null) return failure;
    const renamed = error.toParam(param);
    const told = message.replace(`'${param}'`, () => `'${renamed}'`);
    return { ...failure, body: toErrorBody({ ...rest, message: told, param: renamed }) };
  }
  if (error instanceof RequestError) {
    const { message, type, code, param } = error;
    return toFailure(400, toErrorBody({ message, type, code, param }), false);
  }
  if (error instanceof BackendError) {
    return fromTable(error.code, error.message, null, error.retryAfterMs);
  }
  if (error instanceof ServiceError) {
    return fromTable(error.code, error.message, error.param);
  }
  if (error instanceof HttpError) {
    return fromTable(error.code, error.message);
  }
  return fromFastify(error) ?? unexpected;
}

const unexpected: HttpFailure = {
  ...fromTable('server_error', 'The server had an error while processing your request.'),
  isUnexpected: true,
};

/** What Fastify refuses before a handler runs. Source: fastify.dev, Reference/Errors. */
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
  const { status, type, isRetryable, ...row }: ErrorReply = errorTable[code];
  const wireCode = wireCodes[code];
  const body = toErrorBody({
    message,
    type,
    param: param ?? row.param ?? null,
    code: wireCode === undefined ? code : wireCode,
  });
  return toFailure(status, body, isRetryable, retryAfterMs);
}

function toFailure(
  status: number,
  body: ErrorBody,
  isRetryable: boolean,
  retryAfterMs?: number,
): HttpFailure {
  return {
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
