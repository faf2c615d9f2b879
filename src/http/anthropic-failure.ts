import {
  type AnthropicErrorBody,
  type AnthropicErrorType,
  overloadedStatus,
  toAnthropicErrorBody,
} from '../protocol/anthropic/shared/error-body.ts';
import { requestErrorCodes } from '../protocol/openai/shared/error.ts';
import { type ErrorCode, errorTable } from './error-table.ts';
import type { FailureCode, HttpFailure } from './http-error.ts';

/** One type for each code; the compiler asks for the row of a new one. */
const errorTypes = {
  malformed_body: 'invalid_request_error',
  unsupported_media_type: 'invalid_request_error',
  request_too_large: 'request_too_large',
  request_timeout: 'timeout_error',
  header_too_large: 'request_too_large',
  invalid_api_key: 'authentication_error',
  insufficient_permissions: 'permission_error',
  unknown_url: 'not_found_error',
  method_not_allowed: 'invalid_request_error',
  key_not_found: 'not_found_error',
  project_not_found: 'not_found_error',
  invalid_key_field: 'invalid_request_error',
  name_taken: 'conflict_error',
  too_many_keys: 'conflict_error',
  too_many_projects: 'conflict_error',
  key_revoked: 'conflict_error',
  last_admin_key: 'conflict_error',
  project_in_use: 'conflict_error',
  model_not_found: 'not_found_error',
  model_not_allowed: 'permission_error',
  response_not_found: 'not_found_error',
  idempotency_key_reused: 'conflict_error',
  idempotency_key_in_use: 'conflict_error',
  report_refused: 'invalid_request_error',
  invalid_config: 'invalid_request_error',
  too_many_dimensions: 'invalid_request_error',
  alias_removal: 'invalid_request_error',
  remote_model: 'invalid_request_error',
  pull_refused: 'invalid_request_error',
  pull_failed: 'api_error',
  unsupported_capability: 'invalid_request_error',
  unsupported_image: 'invalid_request_error',
  unsupported_schema: 'invalid_request_error',
  context_length_exceeded: 'invalid_request_error',
  unsupported_messages: 'invalid_request_error',
  unsupported_grammar: 'invalid_request_error',
  unsupported_model: 'invalid_request_error',
  unsupported_suffix: 'invalid_request_error',
  unknown_prompt_token: 'invalid_request_error',
  unknown_token: 'invalid_request_error',
  unknown_stop_token: 'invalid_request_error',
  unsupported_reasoning: 'invalid_request_error',
  unsupported_template_variable: 'invalid_request_error',
  overloaded: 'overloaded_error',
  model_loading: 'overloaded_error',
  engine_crashed: 'api_error',
  insufficient_memory: 'api_error',
  model_unavailable: 'api_error',
  store_unavailable: 'api_error',
  rate_limit_exceeded: 'rate_limit_error',
  insufficient_quota: 'rate_limit_error',
  invalid_structured_output: 'api_error',
  upstream_error: 'api_error',
  rate_limited: 'rate_limit_error',
  invalid_request: 'invalid_request_error',
  timeout: 'timeout_error',
  server_error: 'api_error',
} as const satisfies Record<ErrorCode, AnthropicErrorType>;

/** A failure in Anthropic's form. Its headers are the same. */
export interface AnthropicFailure {
  readonly status: number;
  readonly body: AnthropicErrorBody;
}

export function toAnthropicFailure(
  { code, status, body }: Pick<HttpFailure, 'code' | 'status' | 'body'>,
  requestId: string | null,
): AnthropicFailure {
  const { message, param, code: shownCode } = body.error;
  const type = toErrorType(code);
  return {
    status: toAnthropicStatus(code, status),
    body: toAnthropicErrorBody({ type, message, code: shownCode, param, requestId }),
  };
}

/** The same status as in OpenAI's form, except for an overload, which has a number of its own. */
function toAnthropicStatus(code: FailureCode, status: number): number {
  return toErrorType(code) === 'overloaded_error' ? overloadedStatus : status;
}

/** For the reference. */
export function describeAnthropicError(code: ErrorCode): {
  readonly status: number;
  readonly type: AnthropicErrorType;
} {
  return { status: toAnthropicStatus(code, errorTable[code].status), type: errorTypes[code] };
}

function toErrorType(code: FailureCode): AnthropicErrorType {
  return isErrorCode(code) ? errorTypes[code] : 'invalid_request_error';
}

function isErrorCode(code: FailureCode): code is ErrorCode {
  return !(requestErrorCodes as readonly string[]).includes(code);
}
