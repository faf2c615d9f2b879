import { BackendError, type BackendErrorCode } from '../../../backend/backend-error.ts';
import type { GenerationPrompt } from '../../../backend/generation-request.ts';
import { toLoggedSentence, toShownSentence } from './clean-upstream-text.ts';
import { asksForTooManyTokens, isContextOverflow, toOverflowError } from './read-context-overflow.ts';
import { type ErrorText, readErrorBody, readErrorText } from './read-error-text.ts';
import { readRetryAfter, type UpstreamHeaders } from './read-retry-after.ts';

/** An answer that is no success. */
export interface UpstreamErrorAnswer {
  readonly status: number;
  /** With names in lower case. */
  readonly headers: UpstreamHeaders;
  /** As much of it as was read. */
  readonly bodyText: string;
}

/** What the request was about. */
export interface RefusedRequest {
  readonly promptKind: GenerationPrompt['kind'];
  /** Tokens that prompt and answer may have together; undefined: not known. */
  readonly contextLength?: number | undefined;
}

/** What an answer without success means for the request. Clients see no address, key or path of the upstream. */
export function readUpstreamError(
  { status, headers, bodyText }: UpstreamErrorAnswer,
  request: RefusedRequest,
  nowMs: number = Date.now(),
): BackendError {
  const text = readErrorText(bodyText);
  return toError(status, text, request, readRetryAfter(headers, text.message, nowMs));
}

/** The same for an error in a 200 or in mid-stream: the body of an `UpstreamFailure`. */
export function readUpstreamFailure(body: unknown, request: RefusedRequest): BackendError {
  const text = readErrorBody(body);
  const status = text.status ?? text.words.map((word) => statusesByWord.get(word)).find(Boolean) ?? 500;
  return toError(status, text, request, readRetryAfter({}, text.message, 0));
}

/**
 * The upstream refuses only the limit of the answer's tokens: the request is sent again with `isLengthOpen`, since its
 * context has fewer left.
 */
export function isLengthRefused({ status, bodyText }: UpstreamErrorAnswer): boolean {
  return isRefusal(status) && asksForTooManyTokens(readErrorText(bodyText));
}

/** Of errors that come without a status. */
const statusesByWord: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['badrequesterror', 400],
  ['authentication_error', 401],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['model_not_found', 404],
  ['rate_limit_error', 429],
  ['rate_limit_exceeded', 429],
  ['insufficient_quota', 429],
  ['overloaded_error', 503],
  ['server_is_overloaded', 503],
  ['slow_down', 503],
]);

/** Faults of our configuration that come with a status of the client's: a key, a model's name, or a switch there. */
const configurationWords: ReadonlySet<string> = new Set([
  'authentication_error',
  'invalid_api_key',
  'api_key_invalid',
  'model_not_found',
  'permission_error',
]);
const configurationPattern =
  /(?:incorrect|invalid|missing) api key|api key not valid|--enable-auto-tool-choice|--tool-call-parser|invalid model(?: name)?\b|model \S+ (?:does not exist|not found)/i;

/** Money is spent and no wait helps: OpenAI's codes of a 429, of which the type says it, too. */
const quotaWords: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
]);

const thoughtPattern = /does not support (?:thinking|reasoning)/i;

function toError(
  status: number,
  text: ErrorText,
  request: RefusedRequest,
  retryAfterMs: number | undefined,
): BackendError {
  const cause = new Error(
    `The upstream answered ${status}: ${toLoggedSentence(text.message) || 'no message'}`,
  );
  const fail = (code: BackendErrorCode, sentence: string, isRetryable?: boolean) =>
    new BackendError(code, sentence, { cause, retryAfterMs, isRetryable });
  // Some servers answer a prompt that is too long with a 500.
  if (status >= 400 && isContextOverflow(text) && !asksForTooManyTokens(text)) {
    return toOverflowError(text, request.promptKind, request.contextLength);
  }
  if (text.words.includes('unsupported_model') || lacksEndpoint(status, text, request)) {
    return fail('unsupported_model', 'The upstream does not support this with its model.');
  }
  if (isRefusal(status) && !isOfConfiguration(text)) {
    if (thoughtPattern.test(text.message))
      return fail('unsupported_reasoning', 'This model does not reason.');
    const shown = toShownSentence(text.message);
    return fail('invalid_request', `The upstream refused the request${shown === '' ? '.' : `: ${shown}`}`);
  }
  if (isRefusal(status) || accessStatuses.has(status) || isQuota(text)) {
    return new BackendError(
      'upstream_error',
      'The upstream refused the access of this server, which its operator has to mend.',
      { cause, isAccessRefused: true },
    );
  }
  if (status === 429) return fail('rate_limited', 'The upstream has too many requests. Try again later.');
  if (status === 503 || status === 529) {
    return /loading model|model is loading/i.test(text.message)
      ? fail('model_loading', 'The upstream loads the model. Try again later.')
      : fail('overloaded', 'The upstream is overloaded. Try again later.');
  }
  // llama-server's word for embeddings of a model that chats, and the reverse.
  if (status === 501) return fail('unsupported_model', 'The upstream does not support this with its model.');
  if (timeoutStatuses.has(status)) return fail('timeout', 'The upstream took too long.', true);
  // A 502 is that of a proxy which found no server.
  const mayBeProvoked = status !== badGateway;
  return new BackendError('upstream_error', 'The upstream failed.', { cause, retryAfterMs, mayBeProvoked });
}

const badGateway = 502;

/** The upstream found the request itself to be wrong. */
function isRefusal(status: number): boolean {
  return status === 400 || status === 413 || status === 422;
}

/** Words of servers for a path that they do not have: for embeddings vLLM has one only with a model that makes them. */
const noPathPattern = /^(?:(?:file|page) )?not found\.?$|^404 page not found$/i;

/** Every server chats: without a path for that, its address is wrong. */
function lacksEndpoint(status: number, { message }: ErrorText, { promptKind }: RefusedRequest): boolean {
  return status === 404 && promptKind !== 'chat' && noPathPattern.test(message);
}

const accessStatuses: ReadonlySet<number> = new Set([401, 402, 403, 404, 405, 407]);

/** 524 is a proxy's. */
const timeoutStatuses: ReadonlySet<number> = new Set([408, 504, 524]);

function isOfConfiguration({ words, message }: ErrorText): boolean {
  return words.some((word) => configurationWords.has(word)) || configurationPattern.test(message);
}

function isQuota({ words }: ErrorText): boolean {
  return words.some((word) => quotaWords.has(word));
}
