import type { Attributes } from '@opentelemetry/api';
import { toRequestOperation } from '../gen-ai-operation.ts';
import type { TracedRequest } from './tracing.ts';

/** What the span of a request says of it: names and amounts, and no text of the conversation. */
export function toSpanAttributes({ requestId, method, route, status, usage }: TracedRequest): Attributes {
  const http: Attributes = {
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': status,
    'gravix.request.id': requestId,
  };
  const operation = usage && toRequestOperation(usage.endpoint);
  if (usage === undefined || operation === undefined) return http;
  const { deployment, model, isStreamed, finishReason, returned, timeToFirstTokenMs } = usage;
  return {
    ...http,
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': 'gravix',
    'gen_ai.request.stream': isStreamed,
    // A name that no deployment has could be anything.
    ...(deployment === undefined || model === undefined
      ? {}
      : { 'gen_ai.request.model': model, 'gen_ai.response.model': deployment }),
    ...(finishReason === undefined ? {} : { 'gen_ai.response.finish_reasons': [finishReason] }),
    'gen_ai.usage.input_tokens': returned.promptTokens,
    'gen_ai.usage.output_tokens': returned.completionTokens,
    'gen_ai.usage.cache_read.input_tokens': returned.cachedTokens,
    'gen_ai.usage.reasoning.output_tokens': returned.reasoningTokens,
    ...(isStreamed && timeToFirstTokenMs !== undefined
      ? { 'gen_ai.response.time_to_first_chunk': timeToFirstTokenMs / 1000 }
      : {}),
  };
}
