import type { LostAttempt } from './generation.ts';

/** Texts whose meaning is wanted as vectors. */
export interface EmbeddingRequest {
  /** For logs and for remote servers; unique among the running requests. */
  readonly id: string;
  /** The W3C trace context of the client's request; a remote server is sent it with a span of its own. Absent: none. */
  readonly traceparent?: string | undefined;
  /** The caller as an opaque name; callers take turns. Absent: one more caller, without a name. */
  readonly callerId?: string;
  /** At least one. */
  readonly inputs: readonly EmbeddingInput[];
  /** Called for each attempt that cost something and made no vectors, before the next one and before a failure is thrown. */
  readonly onLost?: (attempt: LostAttempt) => void;
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
  /** The count is ours: the server told none. Default: false. */
  readonly isEstimated?: boolean;
  /** The name of the deployment that made them, where a backend stands for several. */
  readonly servedBy?: string;
}

/** Tokens of all inputs of one request. */
export const embeddingTokensMax = 300_000;
