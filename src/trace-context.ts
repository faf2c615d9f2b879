// W3C Trace Context: who a request belongs to, as headers say it. https://www.w3.org/TR/trace-context/
import { randomBytes } from 'node:crypto';

export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

const shape = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** Undefined for anything that the standard tells to ignore. */
export function parseTraceParent(header: unknown): TraceParent | undefined {
  if (typeof header !== 'string') return undefined;
  const [, version, traceId = '', spanId = '', flags = '', rest] = shape.exec(header) ?? [];
  // Version 00 has four parts; a later one may have more.
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceParent({ traceId, spanId, isSampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/** The same trace with a new span, for a request that is sent on. */
export function toChildTraceParent(header: string): string | undefined {
  const parent = parseTraceParent(header);
  return parent && formatTraceParent({ ...parent, spanId: createSpanId() });
}

function createSpanId(): string {
  const id = randomBytes(8).toString('hex');
  return /^0+$/.test(id) ? createSpanId() : id;
}
