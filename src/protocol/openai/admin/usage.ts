// Usage in our own words: everything that the sums know.
import { z } from 'zod';
import { type ShownUsage, toBucketPageSchema } from '../organization/usage-page.ts';
import { nanoPerUnit } from './policy-conversions.ts';

const count = z.int().min(0);

const usageResultSchema = z
  .object({
    object: z.literal('usage'),
    api_key_id: z.string().nullable(),
    project_id: z.string().nullable(),
    model: z.string().nullable(),
    endpoint: z.string().nullable().describe('Such as `chat/completions`. Null unless `group_by` names it.'),
    requests: count.describe('Requests that reached a model, and answers that were given again.'),
    refused_by_limit: count,
    refused_by_budget: count,
    refused_otherwise: count,
    input_tokens: count.describe('Of all attempts.'),
    input_cached_tokens: count,
    output_tokens: count,
    reasoning_tokens: count,
    cost: z.object({ value: z.number().min(0), currency: z.string() }),
    latency: z
      .array(z.object({ up_to_ms: z.int().nullable(), requests: count }))
      .describe('Requests by their whole time. The last bucket has no bound.'),
  })
  .meta({ id: 'Usage' });

export const usagePageSchema = toBucketPageSchema(usageResultSchema, 'UsagePage');

export interface UsageContext {
  /** Of the prices, in capitals. */
  readonly currency: string;
  /** Bounds of the latencies, one less than there are buckets. */
  readonly latencyBoundsMs: readonly number[];
}

export function toUsageResult(
  { group, totals }: ShownUsage,
  { currency, latencyBoundsMs }: UsageContext,
): z.infer<typeof usageResultSchema> {
  return {
    object: 'usage',
    api_key_id: group.keyId ?? null,
    project_id: group.projectId ?? null,
    model: group.model ?? null,
    endpoint: group.endpoint ?? null,
    requests: totals.requests,
    refused_by_limit: totals.refused.refusedByLimit,
    refused_by_budget: totals.refused.refusedByBudget,
    refused_otherwise: totals.refused.refusedOtherwise,
    input_tokens: totals.promptTokens,
    input_cached_tokens: totals.cachedTokens,
    output_tokens: totals.completionTokens,
    reasoning_tokens: totals.reasoningTokens,
    cost: { value: totals.costNano / nanoPerUnit, currency },
    latency: totals.latency.map((requests, bucket) => ({
      up_to_ms: latencyBoundsMs[bucket] ?? null,
      requests,
    })),
  };
}
