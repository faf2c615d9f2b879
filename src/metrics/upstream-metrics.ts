import { toUpstreamOperation } from '../gen-ai-operation.ts';
import type { UpstreamCall } from '../upstream/upstream-call.ts';
import type { UpstreamKind } from '../upstream-rules/upstream-kinds.ts';
import { createBoundedLabel, rememberByKey } from './bounded-labels.ts';
import type { MetricRegistry } from './create-registry.ts';
import { modelLabelsMax } from './request-metrics.ts';

/** Names of upstreams that labels may have, reloads included. */
const upstreamLabelsMax = 256;

export interface MeasuredUpstream {
  readonly name: string;
  readonly kind: UpstreamKind;
}

/** Measures requests to upstreams, each once at its end. Those that only show or count tokens are none. */
export function createUpstreamMetrics(registry: MetricRegistry) {
  const toModel = createBoundedLabel(modelLabelsMax);
  const toUpstream = createBoundedLabel(upstreamLabelsMax);
  const findDuration = rememberByKey((labels: object, errorType: string | undefined) =>
    registry
      .histogram('gen_ai_client_inference_duration_seconds')
      .createSeries({ ...labels, ...(errorType && { error_type: errorType }) }),
  );
  const findUsage = rememberByKey((labels: Record<string, string>) => ({
    firstChunk: registry
      .histogram('gen_ai_client_inference_time_to_first_chunk_seconds')
      .createSeries(labels),
    eachChunk: registry
      .histogram('gen_ai_client_inference_time_per_output_chunk_seconds')
      .createSeries(labels),
    input: registry.counter('gen_ai_client_inference_usage_input_tokens_total', labels),
    output: registry.counter('gen_ai_client_inference_usage_output_tokens_total', labels),
    cached: registry.counter('gen_ai_client_inference_usage_cache_read_input_tokens_total', labels),
    reasoning: registry.counter('gen_ai_client_inference_usage_reasoning_output_tokens_total', labels),
  }));
  return (upstream: MeasuredUpstream, call: UpstreamCall): void => {
    const { purpose, errorType, startedAtMs, endedAtMs, usage } = call;
    const operation = toUpstreamOperation(purpose);
    if (operation === undefined) return;
    const name = toUpstream(upstream.name);
    const model = toModel(call.model);
    const labels = {
      gen_ai_operation_name: operation,
      gen_ai_provider_name: upstream.kind,
      gen_ai_request_model: model,
      upstream: name,
    };
    const key = `${operation} ${upstream.kind} ${name} ${model}`;
    findDuration(`${errorType} ${key}`, labels, errorType).observe((endedAtMs - startedAtMs) / 1000);
    const { firstChunk, eachChunk, input, output, cached, reasoning } = findUsage(key, labels);
    const { isStreamed, firstChunkAtMs, lastChunkAtMs, chunks } = call;
    if (isStreamed && firstChunkAtMs !== undefined) {
      firstChunk.observe((firstChunkAtMs - startedAtMs) / 1000);
      const further = chunks - 1;
      if (further > 0) eachChunk.observe((lastChunkAtMs - firstChunkAtMs) / 1000 / further, further);
    }
    input.add(usage.promptTokens);
    output.add(usage.completionTokens);
    cached.add(usage.cachedTokens);
    reasoning.add(usage.reasoningTokens);
  };
}
