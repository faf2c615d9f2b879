import type { ReasoningEffort, ReasoningLimit } from '../../../backend/generation-request.ts';
import { toThoughtTokensMax } from './thought-limit.ts';

/** Templates know three of them. */
const templateEfforts = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
} as const satisfies Record<Exclude<ReasoningEffort, 'none'>, string>;

/**
 * Variables for chat templates. Each template reads the names that it knows: `enable_thinking` in Qwen, GLM,
 * SmolLM3 and Gemma, `thinking` in DeepSeek and Granite, `reasoning_effort` in gpt-oss (without an effort
 * below `low`), and `thinking_budget` in Seed-OSS.
 */
export function toReasoningVariables(
  limit: ReasoningLimit | undefined,
  completionTokensMax: number | undefined,
): Readonly<Record<string, unknown>> {
  if (limit === undefined) return {};
  const { effort } = limit;
  if (effort === 'none' || limit.tokensMax === 0) {
    return { enable_thinking: false, thinking: false, thinking_budget: 0, reasoning_effort: 'low' };
  }
  const tokensMax =
    completionTokensMax === undefined ? limit.tokensMax : toThoughtTokensMax(limit, completionTokensMax);
  const budget = tokensMax === undefined ? {} : { thinking_budget: tokensMax };
  return effort === undefined
    ? budget
    : {
        enable_thinking: true,
        thinking: true,
        reasoning_effort: templateEfforts[effort],
        ...budget,
      };
}
