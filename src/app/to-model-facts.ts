import type { ModelDefaults } from '../backend/model-defaults.ts';
import type { ModelFacts } from '../backend/model-facts.ts';
import type { InstalledModel } from '../catalog/library/installed-model.ts';
import type { Config } from '../config/config.ts';
import { toContextRange } from '../engine/context-length.ts';
import { findReasoningTags } from '../engine/reasoning/find-reasoning-tags.ts';

/** The public facts of an installed model, before it is loaded. */
export function toModelFacts(model: InstalledModel, config: Pick<Config, 'contextLength'>): ModelFacts {
  const { facts, sizeBytes, license } = model;
  const { architecture, parameterCount, quantization, isEmbedding, chatTemplate = '' } = facts;
  const generates = !isEmbedding;
  return {
    architecture,
    parameterCount: parameterCount === 0 ? undefined : parameterCount,
    quantization,
    sizeBytes,
    license: license ?? facts.license,
    contextLength: toContextRange(config.contextLength, facts.contextLength).wanted,
    defaults: toModelDefaults(model),
    capabilities: {
      chat: generates,
      completions: generates,
      tools: generates,
      structuredOutputs: generates,
      reasoning: generates && findReasoningTags(chatTemplate) !== undefined,
      logprobs: generates,
      embeddings: isEmbedding,
    },
  };
}

/** The defaults that an installed model ships with. Undefined if it has none or generates no text. */
export function toModelDefaults({
  facts,
  parameters = {},
  systemText,
}: Pick<InstalledModel, 'facts' | 'parameters' | 'systemText'>): ModelDefaults | undefined {
  if (facts.isEmbedding) return undefined;
  const { temperature, topP, topK, minP, repeatPenalty, ...others } = parameters;
  const { presencePenalty, frequencyPenalty, seed, maxTokens, stop, ...unhandled } = others;
  unhandled satisfies Record<string, never>;
  const defaults: ModelDefaults = {
    temperature,
    topP,
    topK,
    minP,
    seed,
    frequencyPenalty,
    presencePenalty,
    repetitionPenalty: repeatPenalty,
    maxTokens,
    stop,
    systemText,
  };
  return Object.values(defaults).every((value) => value === undefined) ? undefined : defaults;
}
