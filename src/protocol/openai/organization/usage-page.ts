// Pages of time buckets in OpenAI's shape.
// https://platform.openai.com/docs/api-reference/usage
import { z } from 'zod';
import { nanoPerUnit } from '../admin/policy-conversions.ts';
import { toPageText } from './usage-query.ts';

const unixTime = z.int().describe('Unix time in seconds.');
const count = z.int().min(0);
const grouped = z.string().nullable().describe('Null unless `group_by` names it.');

/** A page of buckets with such results. */
export function toBucketPageSchema(result: z.ZodType, id: string) {
  return z
    .object({
      object: z.literal('page'),
      data: z.array(
        z.object({
          object: z.literal('bucket'),
          start_time: unixTime,
          end_time: unixTime,
          results: z.array(result),
        }),
      ),
      has_more: z.boolean(),
      next_page: z.string().nullable().describe('The `page` of the next request. Null: there is none.'),
    })
    .meta({ id });
}

const usageFields = {
  input_tokens: count,
  num_model_requests: count,
  project_id: grouped,
  user_id: z.null().describe('There are no users.'),
  api_key_id: grouped,
  model: grouped,
};

const completionsResultSchema = z
  .object({
    object: z.literal('organization.usage.completions.result'),
    ...usageFields,
    output_tokens: count,
    input_cached_tokens: count,
    input_audio_tokens: z.literal(0),
    output_audio_tokens: z.literal(0),
    batch: z.literal(false).nullable(),
    service_tier: z.literal('default').nullable(),
  })
  .meta({ id: 'CompletionsUsage' });

const embeddingsResultSchema = z
  .object({ object: z.literal('organization.usage.embeddings.result'), ...usageFields })
  .meta({ id: 'EmbeddingsUsage' });

const costsResultSchema = z
  .object({
    object: z.literal('organization.costs.result'),
    amount: z.object({ value: z.number().min(0), currency: z.string() }),
    line_item: grouped.describe('The model. Null unless `group_by` names it.'),
    project_id: grouped,
    api_key_id: grouped,
  })
  .meta({ id: 'Costs' });

export const completionsUsagePageSchema = toBucketPageSchema(completionsResultSchema, 'CompletionsUsagePage');
export const embeddingsUsagePageSchema = toBucketPageSchema(embeddingsResultSchema, 'EmbeddingsUsagePage');
export const costsPageSchema = toBucketPageSchema(costsResultSchema, 'CostsPage');

export interface ShownUsage {
  readonly group: {
    readonly keyId?: string;
    readonly projectId?: string;
    readonly model?: string;
    readonly endpoint?: string;
    readonly deployment?: string;
    /** In the words of the service. */
    readonly outcome?: string;
  };
  readonly totals: {
    readonly requests: number;
    readonly promptTokens: number;
    readonly cachedTokens: number;
    readonly completionTokens: number;
    readonly reasoningTokens: number;
    readonly costNano: number;
    readonly refused: {
      readonly refusedByLimit: number;
      readonly refusedByBudget: number;
      readonly refusedOtherwise: number;
    };
  };
}

export interface ShownReport<Usage> {
  readonly buckets: readonly {
    readonly fromMs: number;
    readonly toMs: number;
    readonly groups: readonly Usage[];
  }[];
  readonly nextMs: number | undefined;
}

/** @param toResult undefined: the report does not have it */
export function toBucketPage<Usage, Result>(
  { buckets, nextMs }: ShownReport<Usage>,
  toResult: (usage: Usage) => Result | undefined,
) {
  return {
    object: 'page' as const,
    data: buckets.map(({ fromMs, toMs, groups }) => ({
      object: 'bucket' as const,
      start_time: Math.floor(fromMs / 1000),
      end_time: Math.ceil(toMs / 1000),
      results: groups.flatMap((usage) => toResult(usage) ?? []),
    })),
    has_more: nextMs !== undefined,
    next_page: nextMs === undefined ? null : toPageText(Math.floor(nextMs / 1000)),
  };
}

export function toCompletionsResult({ group, totals }: ShownUsage, groupWords: readonly string[]) {
  return {
    object: 'organization.usage.completions.result' as const,
    input_tokens: totals.promptTokens,
    output_tokens: totals.completionTokens,
    input_cached_tokens: totals.cachedTokens,
    input_audio_tokens: 0 as const,
    output_audio_tokens: 0 as const,
    num_model_requests: totals.requests,
    ...toGroupFields(group),
    batch: groupWords.includes('batch') ? (false as const) : null,
    service_tier: groupWords.includes('service_tier') ? ('default' as const) : null,
  };
}

export function toEmbeddingsResult({ group, totals }: ShownUsage) {
  return {
    object: 'organization.usage.embeddings.result' as const,
    input_tokens: totals.promptTokens,
    num_model_requests: totals.requests,
    ...toGroupFields(group),
  };
}

function toGroupFields({ projectId, keyId, model }: ShownUsage['group']) {
  return {
    project_id: projectId ?? null,
    user_id: null,
    api_key_id: keyId ?? null,
    model: model ?? null,
  };
}

/** @param currency of the prices, in capitals */
export function toCostsResult({ group, totals }: ShownUsage, currency: string) {
  return {
    object: 'organization.costs.result' as const,
    amount: { value: totals.costNano / nanoPerUnit, currency: currency.toLowerCase() },
    line_item: group.model ?? null,
    project_id: group.projectId ?? null,
    api_key_id: group.keyId ?? null,
  };
}
