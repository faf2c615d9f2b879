import { queryOptions } from '@tanstack/react-query';
import { callApi } from './client.ts';

// Upstreams as the API shows them to operators. Names are as on the wire.

export interface Upstream {
  readonly name: string;
  readonly kind: string;
  readonly mode: 'single' | 'router' | 'replicas';
  readonly version: string | null;
  readonly models: readonly string[] | null;
  readonly last_failure: { readonly at: number; readonly reason: string } | null;
}

export interface Place {
  readonly model: string;
  readonly deployment: string;
  readonly name: string;
  readonly state: 'unloaded' | 'starting' | 'ready' | 'failed' | 'draining' | 'closed';
  readonly breaker: 'closed' | 'open' | 'resting';
  readonly retry_in_ms: number | null;
  readonly priority: number;
  readonly weight: number;
  readonly spill_over_ms: number | null;
  readonly running: number;
  readonly waiting: number;
  readonly slots: number | null;
}

export interface UpstreamList {
  readonly data: readonly Upstream[];
  readonly places: readonly Place[];
}

/** How often an open page asks again, in milliseconds. */
const refreshMs = 5000;

export const upstreamsQuery = queryOptions({
  queryKey: ['upstreams'],
  refetchInterval: refreshMs,
  queryFn: ({ signal }) => callApi<UpstreamList>('/v1/admin/upstreams', { signal }),
});
