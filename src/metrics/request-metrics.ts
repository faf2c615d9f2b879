// The metrics of requests to models, from the usage record that each of them leaves: one look-up for a request, and nothing
// for a token.
import { toRequestOperation } from '../gen-ai-operation.ts';
import type { UsageRecord, UsageSink } from '../service/usage/usage-record.ts';
import { createBoundedLabel, rememberByKey } from './bounded-labels.ts';
import type { MetricRegistry } from './create-registry.ts';

/** Values that labels may have; each further value is `_OTHER`. */
export const modelLabelsMax = 200;
export const keyNameLabelsMax = 100;

export interface RequestMetrics {
  readonly sink: UsageSink;
  /** A request that was refused before it became a use case. */
  noteEarlyRefusal(): void;
}

export function createRequestMetrics(
  registry: MetricRegistry,
  { hasKeyNames }: { readonly hasKeyNames: boolean },
): RequestMetrics {
  const toModel = createBoundedLabel(modelLabelsMax);
  const toKeyName = createBoundedLabel(keyNameLabelsMax);
  const findDuration = rememberByKey((operation: string, model: string, errorType: string | undefined) =>
    registry
      .histogram('gen_ai_server_request_duration_seconds')
      .createSeries({ ...toLabels(operation, model), ...(errorType && { error_type: errorType }) }),
  );
  const findTokenTimes = rememberByKey((operation: string, model: string) => {
    const labels = toLabels(operation, model);
    return {
      first: registry.histogram('gen_ai_server_time_to_first_token_seconds').createSeries(labels),
      each: registry.histogram('gen_ai_server_time_per_output_token_seconds').createSeries(labels),
    };
  });
  const findModel = rememberByKey((model: string) => ({
    queueTime: registry.histogram('gravix_queue_time_seconds').createSeries({ model }),
    promptTokens: registry.counter('gravix_prompt_tokens_total', { model }),
    cachedTokens: registry.counter('gravix_prompt_cache_hit_tokens_total', { model }),
    completionTokens: registry.counter('gravix_generation_tokens_total', { model }),
  }));
  const findKey = rememberByKey((name: string) => ({
    requests: registry.counter('gravix_key_requests_total', { key_name: name }),
    tokens: registry.counter('gravix_key_tokens_total', { key_name: name }),
  }));
  const overhead = registry.histogram('gravix_request_overhead_seconds').createSeries({});
  const rateRefusals = registry.counter('gravix_limit_refusals_total', { reason: 'rate_limit' });
  const budgetRefusals = registry.counter('gravix_limit_refusals_total', { reason: 'budget' });

  const take = (record: UsageRecord) => {
    const operation = toRequestOperation(record.endpoint);
    if (record.errorCode === 'rate_limit_exceeded') rateRefusals.add();
    else if (record.errorCode === 'insufficient_quota') budgetRefusals.add();
    if (operation === undefined || record.isReplay) return;
    // A name that no deployment has could be anything.
    const model = toModel(record.deployment === undefined ? undefined : record.model);
    const errorType = toErrorType(record);
    findDuration(`${operation} ${errorType} ${model}`, operation, model, errorType).observe(
      record.totalMs / 1000,
    );
    const { timeToFirstTokenMs, timePerOutputTokenMs, queueWaitMs, timeToBackendMs, total } = record;
    if (timeToFirstTokenMs !== undefined) {
      const { first, each } = findTokenTimes(`${operation} ${model}`, operation, model);
      first.observe(timeToFirstTokenMs / 1000);
      if (timePerOutputTokenMs !== undefined) each.observe(timePerOutputTokenMs / 1000);
    }
    if (timeToBackendMs !== undefined) overhead.observe(timeToBackendMs / 1000);
    if (record.attempts.length > 0) {
      const { queueTime, promptTokens, cachedTokens, completionTokens } = findModel(model, model);
      if (queueWaitMs !== undefined) queueTime.observe(queueWaitMs / 1000);
      promptTokens.add(total.promptTokens);
      cachedTokens.add(total.cachedTokens);
      completionTokens.add(total.completionTokens);
    }
    if (hasKeyNames) {
      const name = toKeyName(record.caller.keyName);
      const { requests, tokens } = findKey(name, name);
      requests.add();
      tokens.add(total.promptTokens + total.completionTokens);
    }
  };
  return { sink: { take }, noteEarlyRefusal: () => rateRefusals.add() };
}

function toLabels(operation: string, model: string) {
  return { gen_ai_operation_name: operation, gen_ai_provider_name: 'gravix', gen_ai_request_model: model };
}

/** The conventions want one for each request that did not succeed; a client that left is one of them. */
function toErrorType({ outcome, errorCode }: UsageRecord): string | undefined {
  return outcome === 'completed' ? undefined : (errorCode ?? outcome);
}
