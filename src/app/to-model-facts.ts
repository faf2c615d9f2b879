import type { ModelFacts } from '../backend/model-facts.ts';
import type { InstalledModel } from '../catalog/library/installed-model.ts';
import type { Config } from '../config/config.ts';
import { toContextRange } from '../engine/context-length.ts';
import { findReasoningTags } from '../engine/reasoning/find-reasoning-tags.ts';
import { toModelDefaults } from './to-model-defaults.ts';

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
