import type { WireModel } from './model.ts';

/** What the API says of a model, in our words, for pages. Null: not known. */
export interface ModelView {
  readonly id: string;
  readonly aliasOf: string | undefined;
  readonly aliases: readonly string[];
  readonly ownedBy: string;
  readonly state: WireModel['state'];
  readonly backend: WireModel['backend'];
  /** Unix time in seconds. */
  readonly addedAtSeconds: number;
  readonly contextLength: number | null;
  /** Tokens of an answer at most; 0 if it makes none. */
  readonly outputTokensMax: number | null;
  readonly sizeBytes: number | null;
  readonly parameterCount: number | null;
  readonly quantization: string | null;
  readonly architecture: string | null;
  readonly license: string | null;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly capabilities: readonly CapabilityName[];
  /** By the names of the API. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly systemMessage: string | null;
  readonly supportedParameters: readonly string[];
}

/** As the API spells it. */
export type CapabilityName = keyof WireModel['capabilities'];

/** What people call them, in the order of pages. */
export const capabilityTitles: Readonly<Record<CapabilityName, string>> = {
  chat: 'Chat',
  completions: 'Text completions',
  tools: 'Tool calls',
  structured_outputs: 'Structured outputs',
  reasoning: 'Reasoning',
  logprobs: 'Log probabilities',
  embeddings: 'Embeddings',
};

export function toModelView(model: WireModel): ModelView {
  const names = Object.keys(capabilityTitles) as CapabilityName[];
  return {
    id: model.id,
    aliasOf: model.alias_of,
    aliases: model.aliases,
    ownedBy: model.owned_by,
    state: model.state,
    backend: model.backend,
    addedAtSeconds: model.created,
    contextLength: model.context_length,
    outputTokensMax: model.max_output_tokens,
    sizeBytes: model.size_bytes,
    parameterCount: model.parameter_count,
    quantization: model.quantization,
    architecture: model.architecture,
    license: model.license,
    inputs: model.modalities.input,
    outputs: model.modalities.output,
    capabilities: names.filter((name) => model.capabilities[name]),
    defaults: model.default_parameters,
    systemMessage: model.default_system_message,
    supportedParameters: model.supported_parameters,
  };
}
