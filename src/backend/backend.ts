import type { EmbeddingRequest, Embeddings } from './embedding.ts';
import type { GenerationEvent } from './generation-event.ts';
import type { GenerationRequest } from './generation-request.ts';
import type { TokenizationInput, TokenizedText } from './tokenization.ts';

/**
 * Anything that generates tokens: the embedded engine or a remote server. Services see only this.
 * An implementation knows nothing of HTTP serving, keys or stores.
 */
export interface Backend {
  /** What this backend serves; undefined until it has been ready once. */
  describe(): BackendDescription | undefined;
  state(): BackendState;
  /**
   * Generates one completion.
   *
   * The stream begins with one `started` event once the prompt was accepted, goes on with deltas and ends
   * with exactly one `finish`. Every failure, before or after `started`, is thrown as a `BackendError`.
   * Aborting `signal`, or leaving the loop early, frees what the request holds; an aborted
   * stream throws the signal's reason.
   */
  generate(request: GenerationRequest, signal: AbortSignal): AsyncIterable<GenerationEvent>;
  /** The tokens of a text, or of the prompt of a request. Fails as `generate` does. */
  tokenize(input: TokenizationInput, signal: AbortSignal): Promise<TokenizedText>;
  /** The text of up to `detokenizedTokensMax` tokens, control tokens by their names. */
  detokenize(tokens: readonly number[], signal: AbortSignal): Promise<string>;
  /** How many tokens the prompt of this request has: what `started` would say. */
  countTokens(request: GenerationRequest, signal: AbortSignal): Promise<number>;
  /** Turns texts into vectors. A model that generates text refuses it with `unsupported_model`, and the reverse. */
  embed(request: EmbeddingRequest, signal: AbortSignal): Promise<Embeddings>;
  /** Stops taking requests, gives running ones `drainTimeoutMs` to finish, then ends what is left. */
  close(drainTimeoutMs: number): Promise<void>;
}

/**
 * `unloaded`: its next request loads it. `failed`: not serving now; a restart may be under way. `closed` is final.
 */
export type BackendState = 'unloaded' | 'starting' | 'ready' | 'failed' | 'draining' | 'closed';

/** Facts about a served model, for clients and for checks before a request is queued. */
export interface BackendDescription {
  /** Engine and build, such as `gravix-0.1.0-llama.cpp-b1234`; goes out as `system_fingerprint`. */
  readonly fingerprint: string;
  /** Whether the model generates text or makes embeddings; none does both. */
  readonly task: 'generate' | 'embed';
  /** Tokens that prompt and completion may have together. */
  readonly contextLength: number;
  /** Requests generated at the same time. */
  readonly slots: number;
}
