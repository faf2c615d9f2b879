import type { BackendErrorCode } from '../backend/backend-error.ts';
import type { ServiceErrorCode } from '../service/service-error.ts';
import type { KeyFailureCode } from './key-failure.ts';

/** How one kind of failure looks on the wire. */
export interface ErrorReply {
  readonly status: number;
  readonly type:
    | 'invalid_request_error'
    | 'permission_error'
    | 'server_error'
    | 'requests'
    | 'tokens'
    | 'insufficient_quota';
  /** False goes out as `x-should-retry: false`: the SDKs retry 408, 409, 429 and every 5xx by themselves. */
  readonly isRetryable: boolean;
}

/** Failures that only the HTTP layer knows. */
export type HttpErrorCode =
  | 'malformed_body'
  | 'unsupported_media_type'
  | 'request_too_large'
  | 'request_timeout'
  | 'header_too_large'
  | 'invalid_api_key'
  | 'insufficient_permissions'
  | 'unknown_url'
  | 'method_not_allowed'
  | 'server_error';

export type ErrorCode = BackendErrorCode | ServiceErrorCode | KeyFailureCode | HttpErrorCode;

/** One row for each code; the compiler asks for the row of a new one. */
export const errorTable = {
  malformed_body: { status: 400, type: 'invalid_request_error', isRetryable: false },
  unsupported_media_type: { status: 415, type: 'invalid_request_error', isRetryable: false },
  request_too_large: { status: 413, type: 'invalid_request_error', isRetryable: false },
  request_timeout: { status: 408, type: 'invalid_request_error', isRetryable: true },
  header_too_large: { status: 431, type: 'invalid_request_error', isRetryable: false },
  invalid_api_key: { status: 401, type: 'invalid_request_error', isRetryable: false },
  insufficient_permissions: { status: 403, type: 'permission_error', isRetryable: false },
  unknown_url: { status: 404, type: 'invalid_request_error', isRetryable: false },
  method_not_allowed: { status: 405, type: 'invalid_request_error', isRetryable: false },
  key_not_found: { status: 404, type: 'invalid_request_error', isRetryable: false },
  project_not_found: { status: 404, type: 'invalid_request_error', isRetryable: false },
  invalid_key_field: { status: 400, type: 'invalid_request_error', isRetryable: false },
  name_taken: { status: 409, type: 'invalid_request_error', isRetryable: false },
  too_many_keys: { status: 409, type: 'invalid_request_error', isRetryable: false },
  too_many_projects: { status: 409, type: 'invalid_request_error', isRetryable: false },
  key_revoked: { status: 409, type: 'invalid_request_error', isRetryable: false },
  last_admin_key: { status: 409, type: 'invalid_request_error', isRetryable: false },
  project_in_use: { status: 409, type: 'invalid_request_error', isRetryable: false },
  model_not_found: { status: 404, type: 'invalid_request_error', isRetryable: false },
  model_not_allowed: { status: 403, type: 'permission_error', isRetryable: false },
  response_not_found: { status: 404, type: 'invalid_request_error', isRetryable: false },
  idempotency_key_reused: { status: 409, type: 'invalid_request_error', isRetryable: false },
  idempotency_key_in_use: { status: 409, type: 'invalid_request_error', isRetryable: true },
  report_refused: { status: 400, type: 'invalid_request_error', isRetryable: false },
  invalid_config: { status: 400, type: 'invalid_request_error', isRetryable: false },
  too_many_dimensions: { status: 400, type: 'invalid_request_error', isRetryable: false },
  alias_removal: { status: 400, type: 'invalid_request_error', isRetryable: false },
  remote_model: { status: 400, type: 'invalid_request_error', isRetryable: false },
  pull_refused: { status: 400, type: 'invalid_request_error', isRetryable: false },
  pull_failed: { status: 502, type: 'server_error', isRetryable: false },
  unsupported_capability: { status: 400, type: 'invalid_request_error', isRetryable: false },
  unsupported_image: { status: 400, type: 'invalid_request_error', isRetryable: false },
  unsupported_schema: { status: 400, type: 'invalid_request_error', isRetryable: false },
  context_length_exceeded: {
    status: 400,
    type: 'invalid_request_error',
    isRetryable: false,
  },
  unsupported_messages: {
    status: 400,
    type: 'invalid_request_error',
    isRetryable: false,
  },
  unsupported_grammar: {
    status: 400,
    type: 'invalid_request_error',
    isRetryable: false,
  },
  unsupported_model: { status: 400, type: 'invalid_request_error', isRetryable: false },
  unsupported_suffix: { status: 400, type: 'invalid_request_error', isRetryable: false },
  unknown_prompt_token: { status: 400, type: 'invalid_request_error', isRetryable: false },
  unknown_token: { status: 400, type: 'invalid_request_error', isRetryable: false },
  unknown_stop_token: {
    status: 400,
    type: 'invalid_request_error',
    isRetryable: false,
  },
  unsupported_reasoning: {
    status: 400,
    type: 'invalid_request_error',
    isRetryable: false,
  },
  unsupported_template_variable: {
    status: 400,
    type: 'invalid_request_error',
    isRetryable: false,
  },
  overloaded: { status: 503, type: 'server_error', isRetryable: true },
  model_loading: { status: 503, type: 'server_error', isRetryable: true },
  engine_crashed: { status: 503, type: 'server_error', isRetryable: true },
  insufficient_memory: { status: 503, type: 'server_error', isRetryable: false },
  model_unavailable: { status: 503, type: 'server_error', isRetryable: false },
  store_unavailable: { status: 503, type: 'server_error', isRetryable: true },
  rate_limit_exceeded: { status: 429, type: 'requests', isRetryable: true },
  insufficient_quota: { status: 429, type: 'insufficient_quota', isRetryable: false },
  invalid_structured_output: { status: 502, type: 'server_error', isRetryable: false },
  upstream_error: { status: 502, type: 'server_error', isRetryable: true },
  rate_limited: { status: 429, type: 'requests', isRetryable: true },
  invalid_request: { status: 400, type: 'invalid_request_error', isRetryable: false },
  timeout: { status: 504, type: 'server_error', isRetryable: false },
  server_error: { status: 500, type: 'server_error', isRetryable: true },
} as const satisfies Record<ErrorCode, ErrorReply>;

/** Codes that the wire leaves out, or has under another name. */
export const wireCodes: Partial<Record<ErrorCode, string | null>> = {
  malformed_body: null,
  unsupported_media_type: null,
  header_too_large: null,
  method_not_allowed: 'unknown_url',
  unsupported_image: 'unsupported_content',
  invalid_key_field: 'invalid_value',
  model_not_allowed: 'insufficient_permissions',
  unsupported_messages: 'unsupported_value',
  unsupported_grammar: 'unsupported_schema',
  alias_removal: 'unsupported_value',
  remote_model: 'unsupported_value',
  report_refused: 'invalid_value',
  pull_refused: 'invalid_value',
  unknown_token: 'invalid_value',
  unknown_prompt_token: 'invalid_value',
  unsupported_suffix: 'unsupported_parameter',
  unknown_stop_token: 'invalid_value',
  unsupported_reasoning: 'unsupported_parameter',
  unsupported_template_variable: 'unsupported_parameter',
  too_many_dimensions: 'integer_above_max_value',
  rate_limited: 'rate_limit_exceeded',
  invalid_request: null,
  server_error: null,
};
