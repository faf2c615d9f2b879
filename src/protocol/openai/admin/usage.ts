// Usage in our own words: everything that the sums know.
import { z } from 'zod';
import { outcomeWords } from '../organization/query-fields.ts';
import { type ShownUsage, toBucketPageSchema } from '../organization/usage-page.ts';
import { toOutcomeWord } from './outcome-words.ts';
import { nanoPerUnit } from './policy-conversions.ts';

const count = z.int().min(0);

/** `unknown`: an earlier version did not record it. */
const requestOutcomes = [...outcomeWords, 'unknown'] as const;

/** `not_admitted`: refused before a model was reached; only the `refused_…` counts are of these. */
const sumOutcomes = [...requestOutcomes, 'not_admitted'] as const;

const percentile = z.int().min(0).nullable();

const timesSchema = z
  .object({ requests: count, p50_ms: percentile, p95_ms: percentile, p99_ms: percentile })
  .meta({
    id: 'UsageTimes',
    description:
      'Percentiles, estimated from a histogram with 29 buckets: by a fifth at most, up to 16 minutes. Null where there is no request.',
  });

const usageResultSchema = z
  .object({
    object: z.literal('usage'),
    api_key_id: z.string().nullable(),
    project_id: z.string().nullable(),
    model: z.string().nullable(),
    endpoint: z.string().nullable().describe('Such as `chat/completions`. Null unless `group_by` names it.'),
    deployment: z
      .string()
      .nullable()
      .describe(
        'Empty: none answered, or an earlier version did not record it. Null unless `group_by` names it.',
      ),
    outcome: z.enum(sumOutcomes).nullable().describe('Null unless `group_by` names it.'),
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
    outcomes: z
      .object(Object.fromEntries(requestOutcomes.map((word) => [word, count])))
      .describe(
        '`requests` by the way in which they ended. `unknown`: an earlier version did not record it.',
      ),
    duration: timesSchema.describe('The whole time of requests.'),
    time_to_first_token: timesSchema.describe(
      'Of the requests that had a first token. Earlier versions did not record it for hours that are over.',
    ),
  })
  .meta({ id: 'Usage' });

export const usagePageSchema = toBucketPageSchema(usageResultSchema, 'UsagePage');

export interface ShownTimes {
  readonly requests: number;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly p99Ms: number | undefined;
}

export interface DetailedUsage extends ShownUsage {
  /** In the words of the service; the empty one: not known. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly duration: ShownTimes;
  readonly firstToken: ShownTimes;
  readonly latency: readonly { readonly upToMs: number | undefined; readonly requests: number }[];
}

/** @param currency of the prices, in capitals */
export function toUsageResult(
  { group, totals, outcomes, duration, firstToken, latency }: DetailedUsage,
  currency: string,
): z.infer<typeof usageResultSchema> {
  return {
    object: 'usage',
    api_key_id: group.keyId ?? null,
    project_id: group.projectId ?? null,
    model: group.model ?? null,
    endpoint: group.endpoint ?? null,
    deployment: group.deployment ?? null,
    outcome: group.outcome === undefined ? null : toOutcomeWord(group.outcome, sumOutcomes),
    requests: totals.requests,
    refused_by_limit: totals.refused.refusedByLimit,
    refused_by_budget: totals.refused.refusedByBudget,
    refused_otherwise: totals.refused.refusedOtherwise,
    input_tokens: totals.promptTokens,
    input_cached_tokens: totals.cachedTokens,
    output_tokens: totals.completionTokens,
    reasoning_tokens: totals.reasoningTokens,
    cost: { value: totals.costNano / nanoPerUnit, currency },
    latency: latency.map(({ upToMs, requests }) => ({ up_to_ms: upToMs ?? null, requests })),
    outcomes: toWireOutcomes(outcomes),
    duration: toWireTimes(duration),
    time_to_first_token: toWireTimes(firstToken),
  };
}

function toWireOutcomes(outcomes: DetailedUsage['outcomes']): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(requestOutcomes.map((word) => [word, 0]));
  for (const [outcome, requests] of Object.entries(outcomes)) {
    const word = toOutcomeWord(outcome, requestOutcomes);
    counts[word] = (counts[word] ?? 0) + requests;
  }
  return counts;
}

function toWireTimes({ requests, p50Ms, p95Ms, p99Ms }: ShownTimes): z.infer<typeof timesSchema> {
  return { requests, p50_ms: p50Ms ?? null, p95_ms: p95Ms ?? null, p99_ms: p99Ms ?? null };
}
