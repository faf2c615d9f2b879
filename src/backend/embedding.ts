/** Texts whose meaning is wanted as vectors. */
export interface EmbeddingRequest {
  /** For logs; unique among the running requests. */
  readonly id: string;
  /** The caller as an opaque name; callers take turns. Absent: one more caller, without a name. */
  readonly callerId?: string;
  /** At least one. */
  readonly inputs: readonly EmbeddingInput[];
}

/** Token ids are taken as they are; a text gets the control tokens around it that its model wants. */
export type EmbeddingInput =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tokens'; readonly tokens: readonly number[] };

export interface Embeddings {
  /** One for each input in its order, all of the same length, each of the length 1 in space. */
  readonly vectors: readonly Float32Array[];
  /** Of all inputs, with the control tokens around them. */
  readonly promptTokens: number;
}

/** Tokens of all inputs of one request. */
export const embeddingTokensMax = 300_000;
