import type { UsageRecord } from '../service/usage/usage-record.ts';
import type { UpstreamCall } from '../upstream/upstream-call.ts';

/** Spans of requests, sent to a collector. Nothing waits for it. */
export interface Tracing {
  /** @param traceparent as the client sent it */
  begin(traceparent: unknown): RequestTrace;
  noteUpstreamCall(upstream: TracedUpstream, call: UpstreamCall): void;
  /** Sends what there is; gives up after some time. */
  close(): Promise<void>;
}

export interface TracedUpstream {
  readonly name: string;
  readonly kind: string;
}

/** One request under way. */
export interface RequestTrace {
  /** For requests that are sent on because of this one. */
  readonly traceparent: string;
  /** Once. */
  end(request: TracedRequest): void;
}

/** A request that has ended. */
export interface TracedRequest {
  readonly requestId: string;
  readonly method: string;
  /** The pattern of its URL. */
  readonly route: string;
  readonly status: number;
  /** On the clock of `performance.now()`. */
  readonly arrivedAtMs: number;
  /** Undefined: it reached no use case. */
  readonly usage: UsageRecord | undefined;
}
