import { requestErrorCodes } from '../../protocol/openai/shared/error.ts';
import { describeAnthropicError } from '../anthropic-failure.ts';
import type { ApiForm } from '../api-form.ts';
import { type ErrorCode, type ErrorReply, errorTable, wireCodes } from '../error-table.ts';
import {
  anthropicRateLimitHeaders,
  commonHeaders,
  rateLimitHeaders,
  toHeaderReferences,
} from './answer-headers.ts';
import type { AnswerObject } from './openapi-document.ts';
import type { JsonSchema } from './operation.ts';

/** Errors that can occur before a request reaches its route. */
const commonErrors: readonly ErrorCode[] = ['request_timeout', 'header_too_large', 'server_error'];

interface ErrorResponseOptions {
  readonly hasRequestErrors: boolean;
  /** Default: OpenAI's. */
  readonly apiForm?: ApiForm | undefined;
}

/** One response for each status, with the codes that it may carry: the error table, seen from outside. */
export function toErrorResponses(
  errors: readonly ErrorCode[],
  { hasRequestErrors, apiForm = 'openai' }: ErrorResponseOptions,
): Record<string, AnswerObject> {
  const byStatus = new Map<number, ErrorCode[]>();
  if (hasRequestErrors) byStatus.set(400, []);
  // A route that wants a key looks it up.
  const storeErrors: readonly ErrorCode[] = errors.includes('invalid_api_key') ? ['store_unavailable'] : [];
  // What asks a model is counted, may run out of time, and may be served by an upstream.
  const modelErrors: readonly ErrorCode[] = errors.includes('timeout')
    ? ['rate_limit_exceeded', 'insufficient_quota', 'upstream_error', 'rate_limited', 'invalid_request']
    : [];
  for (const code of [...errors, ...storeErrors, ...modelErrors, ...commonErrors]) {
    const { status } = apiForm === 'anthropic' ? describeAnthropicError(code) : errorTable[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      toErrorResponse(status, codes, { hasRequestErrors, apiForm }),
    ]),
  );
}

const statusMeanings: Readonly<Record<number, string>> = {
  400: 'The request is invalid.',
  401: 'The key is missing or invalid.',
  403: 'The key lacks the permission.',
  404: 'Not found.',
  408: 'The request took too long to arrive.',
  409: 'The request conflicts with another one.',
  413: 'The body is larger than this server accepts.',
  415: 'The content type is not `application/json`.',
  429: 'A limit or the budget of the key, of its project, or of the remote server that serves the model is used up.',
  431: 'The headers are too large.',
  500: 'The server had an error.',
  502: 'No valid answer was generated, or the remote server that serves the model failed.',
  503: "The request can't be served now.",
  504: 'The request took longer than its limit.',
  529: 'The server has too much to do.',
};

function toErrorResponse(
  status: number,
  codes: readonly ErrorCode[],
  { hasRequestErrors, apiForm }: ErrorResponseOptions,
): AnswerObject {
  const isAnthropic = apiForm === 'anthropic';
  const named = new Set<string | null>(codes.map(toWireCode));
  // Problems of a body or query have separate codes, all with status 400.
  if (status === 400 && hasRequestErrors) for (const code of requestErrorCodes) named.add(code);
  const rows = codes.map((code): ErrorReply => errorTable[code]);
  const types = [...new Set(rows.map(({ type }) => type))];
  // A limit counts one or the other.
  if (status === 429) types.push('tokens');
  if (types.length === 0) types.push('invalid_request_error');
  const meaning = statusMeanings[status] ?? '';
  return {
    description: `${meaning} \`code\`: ${[...named].map((code) => `\`${code}\``).join(', ')}.`,
    headers: toHeaderReferences([
      ...commonHeaders,
      ...(isAnthropic ? ['request-id'] : []),
      ...(status === 401 ? ['www-authenticate'] : []),
      ...(status === 429 || status === 503 || status === 529 ? ['retry-after'] : []),
      ...(status === 429 ? rateLimitHeaders : []),
      ...(status === 429 && isAnthropic ? anthropicRateLimitHeaders : []),
      ...(status === 502 ? ['x-ignored-params', 'x-structured-attempts', 'x-structured-unenforced'] : []),
      ...(rows.some(({ isRetryable }) => !isRetryable) ? ['x-should-retry'] : []),
    ]),
    content: {
      'application/json': {
        schema: isAnthropic ? toAnthropicSchema(status, codes, named) : toOpenAiSchema(types, named),
      },
    },
  };
}

function toOpenAiSchema(types: readonly string[], codes: ReadonlySet<string | null>): JsonSchema {
  return toBodySchema('ErrorBody', { type: { enum: types }, code: { enum: [...codes] } });
}

function toAnthropicSchema(
  status: number,
  codes: readonly ErrorCode[],
  named: ReadonlySet<string | null>,
): JsonSchema {
  const types = new Set<string>(codes.map((code) => describeAnthropicError(code).type));
  if (status === 400) types.add('invalid_request_error');
  return toBodySchema('AnthropicError', {
    type: { enum: [...types] },
    details: { type: 'object', properties: { error_code: { enum: [...named] } } },
  });
}

/** The body, with what its error may say at this status. */
function toBodySchema(component: string, properties: JsonSchema): JsonSchema {
  return {
    allOf: [
      { $ref: `#/components/schemas/${component}` },
      { type: 'object', properties: { error: { type: 'object', properties } } },
    ],
  };
}

function toWireCode(code: ErrorCode): string | null {
  const wireCode = wireCodes[code];
  return wireCode === undefined ? code : wireCode;
}
