import type { ModelDefaults } from '../backend/model-defaults.ts';
import type { InstalledModel } from '../catalog/library/installed-model.ts';

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
