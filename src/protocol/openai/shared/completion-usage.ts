import { z } from 'zod';
import type { TokenUsage } from '../../../backend/generation-event.ts';

const tokenCountSchema = z.int().min(0);

/** Also part of the usage of responses and embeddings. */
export const costSchema = z
  .number()
  .min(0)
  .optional()
  .describe("The cost, in the currency of the model's price. Only if the model has one.");

/** The three counts that are metered, with their details. */
export const completionUsageSchema = z
  .object({
    prompt_tokens: tokenCountSchema.describe('Tokens of the rendered conversation.'),
    completion_tokens: tokenCountSchema.describe('Tokens generated.'),
    total_tokens: tokenCountSchema.describe('Both together.'),
    prompt_tokens_details: z.object({
      cached_tokens: tokenCountSchema.describe('Prompt tokens that were found in the cache.'),
    }),
    completion_tokens_details: z.object({
      reasoning_tokens: tokenCountSchema.describe('Generated tokens that were used for reasoning.'),
      accepted_prediction_tokens: tokenCountSchema.describe(
        'Generated tokens that were drafted from `prediction`, the prompt or the answer.',
      ),
      rejected_prediction_tokens: tokenCountSchema.describe(
        'Drafted tokens that were rejected. They are not part of `completion_tokens`.',
      ),
    }),
    cost: costSchema,
  })
  .meta({ id: 'CompletionUsage' });

export type CompletionUsage = z.infer<typeof completionUsageSchema>;

/** The cost of tokens, in the currency of their model's price. */
export type ToCost = (
  usage: Pick<TokenUsage, 'promptTokens' | 'cachedTokens' | 'completionTokens'>,
) => number;

/** @param toCost undefined: the model has no price */
export function toCompletionUsage(usage: TokenUsage, toCost?: ToCost): CompletionUsage {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens, drafts, ...rest } = usage;
  const { isEstimated: _isEstimated, ...unhandled } = rest;
  unhandled satisfies Record<string, never>;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
    completion_tokens_details: {
      reasoning_tokens: reasoningTokens,
      accepted_prediction_tokens: drafts?.acceptedTokens ?? 0,
      rejected_prediction_tokens: drafts?.rejectedTokens ?? 0,
    },
    ...(toCost === undefined ? {} : { cost: toCost(usage) }),
  };
}
