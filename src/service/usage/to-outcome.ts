import { BackendError, type BackendErrorCode } from '../../backend/backend-error.ts';
import { ServiceError, type ServiceErrorCode } from '../service-error.ts';
import type { UsageErrorCode, UsageOutcome } from './usage-record.ts';

/** How a use case ended that did not complete. */
export interface BrokenOutcome {
  readonly outcome: Exclude<UsageOutcome, 'completed'>;
  readonly errorCode: UsageErrorCode | undefined;
}

/** `isClientGone`: the client left first. What breaks then is thrown in many forms. */
export function toBrokenOutcome(error: unknown, isClientGone: boolean): BrokenOutcome {
  if (isClientGone) return { outcome: 'cancelled', errorCode: undefined };
  if (error instanceof BackendError || error instanceof ServiceError) {
    return { outcome: outcomes[error.code], errorCode: error.code };
  }
  return { outcome: 'failed', errorCode: 'server_error' };
}

/** One row for each code; the compiler asks for the row of a new one. */
const outcomes = {
  model_not_found: 'refused',
  model_not_allowed: 'refused',
  response_not_found: 'refused',
  idempotency_key_reused: 'refused',
  idempotency_key_in_use: 'refused',
  report_refused: 'refused',
  invalid_config: 'refused',
  remote_model: 'refused',
  too_many_dimensions: 'refused',
  alias_removal: 'refused',
  pull_refused: 'refused',
  pull_failed: 'failed',
  unsupported_capability: 'refused',
  unsupported_image: 'refused',
  unsupported_schema: 'refused',
  context_length_exceeded: 'refused',
  unsupported_messages: 'refused',
  unsupported_grammar: 'refused',
  unsupported_model: 'refused',
  unsupported_suffix: 'refused',
  unknown_prompt_token: 'refused',
  unknown_token: 'refused',
  unknown_stop_token: 'refused',
  unsupported_reasoning: 'refused',
  unsupported_template_variable: 'refused',
  overloaded: 'refused',
  model_loading: 'refused',
  insufficient_memory: 'refused',
  model_unavailable: 'refused',
  engine_crashed: 'failed',
  invalid_structured_output: 'failed',
  rate_limit_exceeded: 'refused',
  insufficient_quota: 'refused',
  store_unavailable: 'failed',
  upstream_error: 'failed',
  rate_limited: 'refused',
  invalid_request: 'refused',
  timeout: 'timed-out',
} as const satisfies Record<BackendErrorCode | ServiceErrorCode, BrokenOutcome['outcome']>;
