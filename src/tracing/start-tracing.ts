// Traces by OTLP over HTTP. The packages are loaded here, and only when a collector is configured.
import type { Attributes, Context, Span } from '@opentelemetry/api';
import { toUpstreamOperation } from '../gen-ai-operation.ts';
import { formatTraceParent, parseTraceParent } from '../trace-context.ts';
import type { UpstreamCall } from '../upstream/upstream-call.ts';
import { toPhases } from './to-phases.ts';
import { toSpanAttributes } from './to-span-attributes.ts';
import type { RequestTrace, TracedRequest, TracedUpstream, Tracing } from './tracing.ts';

export interface TracingOptions {
  /** The base URL of the collector; spans go to `/v1/traces` below it. */
  readonly endpoint: string;
  readonly serviceName: string;
  /** Of Gravix. */
  readonly version: string;
}

/** How long spans are gathered, in milliseconds, and how long the last ones may take to be sent. */
const gatherMs = 1000;
const closeMsMax = 2000;

export async function startTracing({ endpoint, serviceName, version }: TracingOptions): Promise<Tracing> {
  const api = await import('@opentelemetry/api');
  const { BatchSpanProcessor, NodeTracerProvider, RandomIdGenerator } = await import(
    '@opentelemetry/sdk-trace-node'
  );
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const random = new RandomIdGenerator();
  // A span of an upstream's call has the id that the upstream was sent.
  let plannedSpanId: string | undefined;
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
    idGenerator: {
      generateTraceId: () => random.generateTraceId(),
      generateSpanId: () => {
        const spanId = plannedSpanId ?? random.generateSpanId();
        plannedSpanId = undefined;
        return spanId;
      },
    },
    spanProcessors: [
      new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }), {
        scheduledDelayMillis: gatherMs,
      }),
    ],
  });
  const tracer = provider.getTracer('gravix', version);
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } = api;

  const toContext = (header: unknown): Context => {
    const parent = parseTraceParent(header);
    if (parent === undefined) return ROOT_CONTEXT;
    const { traceId, spanId, isSampled } = parent;
    const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
  };
  const fail = (span: Span, errorType: string) => {
    span.setAttribute('error.type', errorType);
    span.setStatus({ code: SpanStatusCode.ERROR });
  };
  const endRequest = (span: Span, request: TracedRequest) => {
    const { method, route, status, usage } = request;
    span.updateName(`${method} ${route}`);
    span.setAttributes(toSpanAttributes(request));
    if (status >= 500) fail(span, usage?.errorCode ?? String(status));
    else if (usage?.errorCode !== undefined) span.setAttribute('error.type', usage.errorCode);
    const context = trace.setSpan(ROOT_CONTEXT, span);
    for (const { name, fromMs, toMs } of toPhases(request)) {
      const startTime = toHrTime(fromMs);
      tracer.startSpan(name, { kind: SpanKind.INTERNAL, startTime }, context).end(toHrTime(toMs));
    }
    span.end();
  };
  return {
    begin: (traceparent): RequestTrace => {
      const span = tracer.startSpan('HTTP', { kind: SpanKind.SERVER }, toContext(traceparent));
      const { traceId, spanId, traceFlags } = span.spanContext();
      const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
      return {
        traceparent: formatTraceParent({ traceId, spanId, isSampled }),
        end: (request) => endRequest(span, request),
      };
    },
    noteUpstreamCall: (upstream, call) => {
      const { parentTraceparent, traceparent, startedAtMs, endedAtMs, errorType } = call;
      const own = parseTraceParent(traceparent);
      if (own === undefined || !own.isSampled) return;
      const attributes = toUpstreamAttributes(upstream, call);
      plannedSpanId = own.spanId;
      const span = tracer.startSpan(
        `${toUpstreamOperation(call.purpose) ?? call.purpose} ${call.model}`,
        { kind: SpanKind.CLIENT, startTime: toHrTime(startedAtMs), attributes },
        toContext(parentTraceparent),
      );
      plannedSpanId = undefined;
      if (errorType !== undefined && errorType !== 'cancelled') fail(span, errorType);
      span.end(toHrTime(endedAtMs));
    },
    close: async () => {
      const timeOut = new Promise((resolve) => setTimeout(resolve, closeMsMax).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), timeOut]);
    },
  };
}

function toUpstreamAttributes({ name, kind }: TracedUpstream, call: UpstreamCall): Attributes {
  const { purpose, model, isStreamed, usage, requestId, startedAtMs, firstChunkAtMs } = call;
  const operation = toUpstreamOperation(purpose);
  return {
    ...(operation && { 'gen_ai.operation.name': operation }),
    'gen_ai.provider.name': kind,
    'gen_ai.request.model': model,
    'gen_ai.request.stream': isStreamed,
    'gen_ai.usage.input_tokens': usage.promptTokens,
    'gen_ai.usage.output_tokens': usage.completionTokens,
    ...(firstChunkAtMs === undefined || !isStreamed
      ? {}
      : { 'gen_ai.response.time_to_first_chunk': (firstChunkAtMs - startedAtMs) / 1000 }),
    'gravix.upstream': name,
    'gravix.request.id': requestId,
  };
}

/** A time on the clock of `performance.now()`, in seconds and nanoseconds since 1970. */
function toHrTime(atMs: number): [number, number] {
  const ms = performance.timeOrigin + atMs;
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
