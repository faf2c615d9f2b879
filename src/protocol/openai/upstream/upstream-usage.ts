import type { DraftUsage, TokenUsage } from '../../../backend/generation-event.ts';
import { isJsonObject, type JsonObject } from '../shared/json-object.ts';

/** What is counted where the upstream says nothing, or nothing that can be. */
export interface EstimatedCounts {
  readonly promptTokens: () => number;
  readonly completionTokens: number;
  /** The part of `completionTokens` that is reasoning. */
  readonly reasoningTokens: number;
  /** Tokens that a prompt, or an answer, may have. */
  readonly tokensMax: number;
  /** Answers that the counts are of. */
  readonly choiceCount: number;
}

/** The object with the counts, wherever a server puts it; undefined: this event has none. */
export function findUsage(event: JsonObject): JsonObject | undefined {
  const { usage } = event;
  if (isJsonObject(usage)) return usage;
  // Moonshot puts it into the choice, Groq into an object of its own, and llama-server has its timings.
  const { choices, x_groq: groq, timings } = event;
  const [first] = Array.isArray(choices) ? choices : [];
  if (isJsonObject(first) && isJsonObject(first['usage'])) return first['usage'];
  if (isJsonObject(groq) && isJsonObject(groq['usage'])) return groq['usage'];
  return isJsonObject(timings) ? toTimedUsage(timings) : undefined;
}

/** llama-server counts the tokens that it found in its cache separately. */
function toTimedUsage({ prompt_n, cache_n, predicted_n }: JsonObject): JsonObject | undefined {
  if (typeof prompt_n !== 'number' || typeof predicted_n !== 'number') return undefined;
  const cached = typeof cache_n === 'number' ? cache_n : 0;
  return {
    prompt_tokens: prompt_n + cached,
    completion_tokens: predicted_n,
    prompt_tokens_details: { cached_tokens: cached },
  };
}

/**
 * The counts of an answer. One that is absent, or that can't be, is estimated, and the usage says so.
 */
export function toTokenUsage(usage: JsonObject | undefined, estimated: EstimatedCounts): TokenUsage {
  const { tokensMax, choiceCount } = estimated;
  const counts = usage ?? {};
  const prompt = toCount(counts['prompt_tokens'] ?? counts['input_tokens'], 1, tokensMax);
  const completionMin = estimated.completionTokens > 0 ? 1 : 0;
  const told = counts['completion_tokens'] ?? counts['output_tokens'];
  const completion = toCount(told, completionMin, tokensMax * choiceCount);
  const promptTokens = prompt ?? estimated.promptTokens();
  const completionTokens = completion ?? estimated.completionTokens;
  const toldCached = readCached(counts);
  const cachedTokens = toldCached === undefined ? 0 : toCount(toldCached, 0, promptTokens);
  const isEstimated = prompt === undefined || completion === undefined || cachedTokens === undefined;
  const drafts = readDrafts(counts, tokensMax * choiceCount);
  return {
    promptTokens,
    completionTokens,
    cachedTokens: cachedTokens ?? 0,
    reasoningTokens: readReasoning(counts, completionTokens) ?? toReasoningShare(completionTokens, estimated),
    ...(drafts === undefined ? {} : { drafts }),
    ...(isEstimated ? { isEstimated: true } : {}),
  };
}

/** Most servers don't count reasoning: its share of the pieces is its share of the tokens. */
function toReasoningShare(tokens: number, { completionTokens, reasoningTokens }: EstimatedCounts): number {
  return completionTokens === 0 ? 0 : Math.round((tokens * reasoningTokens) / completionTokens);
}

/** A count; undefined: none, or one that can't be. */
export function toCount(value: unknown, min: number, max: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
    ? value
    : undefined;
}

/** OpenAI's name, or DeepSeek's; undefined: none, which means none cached. */
export function readCached(counts: JsonObject): unknown {
  const details = counts['prompt_tokens_details'] ?? counts['input_tokens_details'];
  const named = isJsonObject(details) ? details['cached_tokens'] : undefined;
  return named ?? counts['prompt_cache_hit_tokens'] ?? undefined;
}

function readDetails(counts: JsonObject): JsonObject {
  const details = counts['completion_tokens_details'] ?? counts['output_tokens_details'];
  return isJsonObject(details) ? details : {};
}

/** SGLang has it next to the three counts. */
export function readReasoning(counts: JsonObject, completionTokens: number): number | undefined {
  const tokens = readDetails(counts)['reasoning_tokens'] ?? counts['reasoning_tokens'];
  return toCount(tokens, 0, completionTokens);
}

function readDrafts(counts: JsonObject, tokensMax: number): DraftUsage | undefined {
  const details = readDetails(counts);
  const acceptedTokens = toCount(details['accepted_prediction_tokens'], 0, tokensMax) ?? 0;
  const rejectedTokens = toCount(details['rejected_prediction_tokens'], 0, tokensMax) ?? 0;
  return acceptedTokens + rejectedTokens > 0 ? { acceptedTokens, rejectedTokens } : undefined;
}
