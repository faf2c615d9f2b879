import type { HuggingFaceSource } from './catalog-entry.ts';

/** What a model is made for. All that chat can be held to a JSON schema here, so that is no capability of a model. */
export type ModelCapability = 'chat' | 'tools' | 'reasoning' | 'vision' | 'embeddings';

/** A model of Ollama's registry, which tells its files' sizes and checksums itself. */
export interface OllamaSource {
  readonly kind: 'ollama';
  /** With its namespace, such as `library/llama3.1`. */
  readonly name: string;
  readonly tag: string;
}

/** A model that can be pulled by name, and what people should know of it before. */
export interface CatalogModel {
  /** In Ollama's form `family:size-variant-quant`. */
  readonly name: string;
  readonly family: string;
  readonly description: string;
  /** As its makers give it, such as `8B`. */
  readonly parameterSize: string;
  /** Such as `F16` or `Q4_K_M`. */
  readonly quantization: string;
  /** Tokens; undefined where we aren't sure. */
  readonly contextLength: number | undefined;
  /** An SPDX identifier, or the licence's usual name where it has none. */
  readonly license: string;
  readonly capabilities: readonly ModelCapability[];
  /** Known before the pull where the catalogue has the checksum too. */
  readonly sizeBytes: number | undefined;
  /** Undefined: the catalogue's own entry of this name says where it comes from. */
  readonly source: OllamaSource | HuggingFaceSource | undefined;
}
