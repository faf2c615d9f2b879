import type { FastifyRequest } from 'fastify';
import { parseTraceParent } from '../../trace-context.ts';
import type { HttpTraces } from '../route.ts';

/** Begins the span of a request. Where nothing is traced, the context of the client is passed on to remote servers. */
export function beginTrace({ state, headers }: FastifyRequest, traces: HttpTraces | undefined): void {
  const { traceparent } = headers;
  if (traces !== undefined) {
    state.trace = traces.begin(traceparent);
    state.traceparent = state.trace.traceparent;
  } else if (typeof traceparent === 'string' && parseTraceParent(traceparent) !== undefined) {
    state.traceparent = traceparent;
  }
}
