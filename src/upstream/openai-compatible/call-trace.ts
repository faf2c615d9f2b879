import type { RequestOrigin } from '../../backend/request-origin.ts';
import { toChildTraceParent } from '../../trace-context.ts';
import type { AnswerHead } from '../transport/exchange.ts';

/** How a request to an upstream is joined with the one that it is for. */
export interface CallTrace {
  readonly requestId: string;
  readonly parentTraceparent: string | undefined;
  /** With a span of its own. */
  readonly traceparent: string | undefined;
}

export function toCallTrace({ requestId, traceparent: parentTraceparent }: RequestOrigin): CallTrace {
  const traceparent = parentTraceparent && toChildTraceParent(parentTraceparent);
  return { requestId, parentTraceparent, traceparent };
}

export function toTraceHeaders({ requestId, traceparent }: CallTrace): Readonly<Record<string, string>> {
  return { 'x-request-id': requestId, ...(traceparent && { traceparent }) };
}

/** Characters of an id of an upstream that are kept. */
const requestIdCharactersMax = 128;

/** The id that an upstream gave a request; undefined: it said none. */
export function toUpstreamRequestId(headers: AnswerHead['headers']): string | undefined {
  const value = headers['x-request-id'] ?? headers['request-id'];
  const text = Array.isArray(value) ? value[0] : value;
  return text?.replace(/[^\w.:-]/g, '').slice(0, requestIdCharactersMax);
}
