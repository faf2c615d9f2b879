import type { ModelDefaults } from './model-defaults.ts';

/** Facts about a model, whether it is loaded or not. Absent: unknown. */
export interface ModelFacts {
  /** As in the model file, such as `llama`. */
  readonly architecture?: string | undefined;
  readonly parameterCount?: number | undefined;
  /** As in the model file's type, such as `Q4_1`. */
  readonly quantization?: string | undefined;
  readonly sizeBytes?: number | undefined;
  /** An SPDX identifier, or what the publisher calls it. */
  readonly license?: string | undefined;
  /** Tokens that prompt and completion may have together on this server. */
  readonly contextLength?: number | undefined;
  readonly capabilities: ModelCapabilities;
  /** The defaults that the model ships with. Absent: none. */
  readonly defaults?: ModelDefaults | undefined;
}

export interface ModelCapabilities {
  readonly chat: boolean;
  readonly completions: boolean;
  readonly tools: boolean;
  readonly structuredOutputs: boolean;
  readonly reasoning: boolean;
  readonly logprobs: boolean;
  readonly embeddings: boolean;
}
