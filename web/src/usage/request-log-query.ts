import { listQuery } from '../api/list-query.ts';

export interface RequestFilter {
  /** `all`, or a value. */
  readonly keyId: string;
  readonly model: string;
  readonly deployment: string;
  readonly outcome: string;
  /** How far back, in hours. 0: as far as rows are kept. */
  readonly hours: number;
}

export interface LoggedRequest {
  readonly id: string;
  readonly request_id: string;
  readonly ended_at: number;
  readonly api_key_id: string;
  readonly endpoint: string;
  readonly model: string;
  readonly deployment: string | null;
  readonly outcome: string;
  readonly error_code: string | null;
  readonly stream: boolean;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
  readonly cost: { readonly value: number; readonly currency: string } | null;
  readonly duration_ms: number;
  readonly time_to_first_token_ms: number | null;
}

export function toRequestLogPath(filter: RequestFilter): string {
  const query = new URLSearchParams();
  const add = (name: string, value: string) => value !== 'all' && query.append(name, value);
  add('api_key_ids', filter.keyId);
  add('models', filter.model);
  add('deployments', filter.deployment);
  add('outcomes', filter.outcome);
  if (filter.hours > 0) {
    query.append('start_time', String(Math.floor(Date.now() / 1000) - filter.hours * 3600));
  }
  return `/v1/admin/requests?${query}`;
}

/** The time is part of the path, which therefore is made when the filter is chosen. */
export function requestLogQuery(filter: RequestFilter) {
  return listQuery<LoggedRequest>(['requests', filter], toRequestLogPath(filter));
}
