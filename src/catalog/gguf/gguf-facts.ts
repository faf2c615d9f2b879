/** The metadata of a GGUF file. For a sharded model: its first file, with the sums of all files. */
export interface GgufFacts {
  /** llama.cpp's name of the model's kind, such as `llama`. */
  readonly architecture: string;
  readonly name?: string | undefined;
  /** Numbers in all tensors; 0 where the file has none. */
  readonly parameterCount: number;
  /** Tokens that the model was trained for. */
  readonly contextLength?: number | undefined;
  readonly embeddingLength?: number | undefined;
  readonly layers?: number | undefined;
  /** Attention heads, and heads of keys and values; the largest where layers differ. */
  readonly headCount?: number | undefined;
  readonly headCountKv?: number | undefined;
  /** Numbers in a head's key and value; mostly `embeddingLength / headCount`. */
  readonly keyLength?: number | undefined;
  readonly valueLength?: number | undefined;
  /** Such as `Q4_1` or `Q4_K_M`. */
  readonly quantization?: string | undefined;
  readonly vocabularySize?: number | undefined;
  /** The tokenizer's kind, such as `gpt2` or `llama`. */
  readonly tokenizer?: string | undefined;
  /** Undefined if absent or larger than half a megabyte. */
  readonly chatTemplate?: string | undefined;
  /** As the file says it, mostly an SPDX identifier in lower case. */
  readonly license?: string | undefined;
  /** It makes vectors and no text. */
  readonly isEmbedding: boolean;
  /** Files that the model was split into; 1 for a whole one. */
  readonly splitCount: number;
  /** Of all its files. */
  readonly sizeBytes: number;
  /** It takes images itself, without a second file. */
  readonly hasVision: boolean;
  /** Sampling that its makers recommend, as the file has it; absent where it has none. */
  readonly sampling?: GgufSampling | undefined;
}

/** Entries `general.sampling.*`, which llama.cpp's converter takes from a model's generation_config.json. */
export interface GgufSampling {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly minP?: number | undefined;
  readonly repeatPenalty?: number | undefined;
}
