import type { HuggingFaceSource } from './catalog-entry.ts';

/**
 * The tasks of a model. Structured outputs work with every chat model, so they are no capability of a model.
 */
export type ModelCapability = 'chat' | 'tools' | 'reasoning' | 'vision' | 'embeddings';

/** A model in Ollama's registry, which lists the sizes and checksums of its files. */
export interface OllamaSource {
  readonly kind: 'ollama';
  /** With its namespace, such as `library/llama3.1`. */
  readonly name: string;
  readonly tag: string;
}

/** A model that can be pulled by name, with the facts that people need before they pull it. */
export interface CatalogModel {
  /** In Ollama's form `family:size-variant-quant`. */
  readonly name: string;
  readonly family: string;
  readonly description: string;
  /** As its makers give it, such as `8B`. */
  readonly parameterSize: string;
  /** Such as `F16` or `Q4_K_M`. */
  readonly quantization: string;
  /** Tokens. Undefined if uncertain. */
  readonly contextLength: number | undefined;
  /** An SPDX identifier, or the licence's usual name where it has none. */
  readonly license: string;
  readonly capabilities: readonly ModelCapability[];
  /** Known before the pull if the catalogue has the checksum. */
  readonly sizeBytes: number | undefined;
  /** Undefined for an entry of our catalogue, which lists its sources. */
  readonly source: OllamaSource | HuggingFaceSource | undefined;
}
