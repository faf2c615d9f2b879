import type { GeneratedTokens } from '../../../backend/generation-event.ts';
import type { JsonObject } from '../shared/json-object.ts';
import type { ToldUsage } from './choice-reader.ts';
import type { Dialect } from './dialect.ts';
import { readCached, readReasoning, toCount } from './upstream-usage.ts';

/** Follows `continuous_usage_stats`: the usage so far that comes with each chunk. */
export interface ContinuousMeter {
  /** What the usage of a chunk says of its choice. */
  read(choice: number, usage: JsonObject): ToldUsage | undefined;
  /** The usage of all choices, of which no chunk told; undefined: nothing was told. */
  total(completionTokens: number): JsonObject | undefined;
}

export function createContinuousMeter(
  kind: Dialect['continuousUsage'],
  choiceCount: number,
  tokensMax: number,
): ContinuousMeter {
  let latest: JsonObject | undefined;
  const made: GeneratedTokens[] = Array.from({ length: choiceCount }, () => ({
    completionTokens: 0,
    reasoningTokens: 0,
  }));
  /** What the other choices had when they were told of last. */
  const sumOthers = (choice: number, count: (tokens: GeneratedTokens) => number): number =>
    made.reduce((sum, tokens, index) => (index === choice ? sum : sum + count(tokens)), 0);

  const readGenerated = (choice: number, usage: JsonObject): GeneratedTokens | undefined => {
    const tokens = toCount(usage['completion_tokens'], 0, tokensMax * choiceCount);
    if (kind === undefined || tokens === undefined) return undefined;
    const reasoning = readReasoning(usage, tokens) ?? 0;
    if (kind === 'each-choice') return { completionTokens: tokens, reasoningTokens: reasoning };
    return {
      completionTokens: tokens - sumOthers(choice, ({ completionTokens }) => completionTokens),
      reasoningTokens: reasoning - sumOthers(choice, ({ reasoningTokens }) => reasoningTokens),
    };
  };

  return {
    read: (choice, usage) => {
      latest = usage;
      const generated = readGenerated(choice, usage);
      if (generated !== undefined) made[choice] = generated;
      const promptTokens = toCount(usage['prompt_tokens'], 1, tokensMax);
      return { promptTokens, cachedTokens: toCount(readCached(usage), 0, promptTokens ?? 0), generated };
    },
    total: (completionTokens) =>
      latest === undefined ? undefined : { ...latest, completion_tokens: completionTokens },
  };
}
