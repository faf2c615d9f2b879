import type { ModelFacts } from '../backend/model-facts.ts';
import type { InstalledModel } from '../catalog/library/installed-model.ts';
import type { Config } from '../config/config.ts';
import { findReasoningTags } from '../engine/reasoning/find-reasoning-tags.ts';

/** Where neither model nor operator says less, an engine takes this context for each slot. */
const contextLengthDefault = 8192;

/** What clients may know of an installed model before it is loaded. */
export function toModelFacts(
  { facts, sizeBytes, license }: InstalledModel,
  config: Pick<Config, 'contextLength'>,
): ModelFacts {
  const { architecture, parameterCount, quantization, isEmbedding, chatTemplate = '' } = facts;
  const generates = !isEmbedding;
  return {
    architecture,
    parameterCount: parameterCount === 0 ? undefined : parameterCount,
    quantization,
    sizeBytes,
    license: license ?? facts.license,
    contextLength: toContextLength(facts.contextLength, config),
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

/** An operator's context is taken as it is; else it is the least of what the model was trained for and the default. */
function toContextLength(
  trained: number | undefined,
  { contextLength }: Pick<Config, 'contextLength'>,
): number {
  return contextLength ?? Math.min(trained ?? contextLengthDefault, contextLengthDefault);
}
