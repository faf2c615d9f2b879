import type { BackendCapabilities } from './backend-capabilities.ts';
import type { EmbeddingRequest, Embeddings } from './embedding.ts';
import type { ChoicesGeneration, Generation } from './generation.ts';
import type { GenerationRequest } from './generation-request.ts';
import type { RequestOrigin } from './request-origin.ts';
import type { TokenizationInput, TokenizedText } from './tokenization.ts';
import type { ArgumentsNotation } from './tool.ts';

/**
 * Generates tokens: the embedded engine or a remote server. Services use only this interface. An
 * implementation has no knowledge of HTTP serving, keys or stores.
 *
 * Abilities of only some backends are optional members, or fields of `capabilities`. A service checks them
 * first (`service/require-capability.ts`), so no backend has methods that throw "not implemented".
 */
export interface Backend {
  readonly capabilities: BackendCapabilities;
  /** Names of the fields of a body that we don't know and that the backend's server takes. Absent: none. */
  readonly passedParameters?: ReadonlySet<string>;
  /** The served model. Undefined until the backend has been ready once. */
  describe(): BackendDescription | undefined;
  state(): BackendState;
  /** How busy it is now, for routing and for metrics. */
  load(): BackendLoad;
  /**
   * Starts one completion immediately. It never throws; `events` throws refusals. Aborting `signal` frees
   * everything that the request holds.
   */
  generate(request: GenerationRequest, signal: AbortSignal): Generation;
  /** The same for several completions of one prompt in one request, `choiceCount` 2 or more. Absent: one request for each. */
  readonly generateChoices?:
    | ((request: GenerationRequest, choiceCount: number, signal: AbortSignal) => ChoicesGeneration)
    | undefined;
  readonly tokenizer?: Tokenizer | undefined;
  /** Number of prompt tokens of this request, as its usage would report. Fails like `generate`. */
  readonly countTokens?: ((request: GenerationRequest, signal: AbortSignal) => Promise<number>) | undefined;
  /** Turns texts into vectors. A model that generates text refuses it with `unsupported_model`, and the reverse. */
  readonly embed?: ((request: EmbeddingRequest, signal: AbortSignal) => Promise<Embeddings>) | undefined;
  /** Takes no more requests, gives running ones `drainTimeoutMs` to finish, then ends the rest. */
  close(drainTimeoutMs: number): Promise<void>;
}

/** Shows the tokens of the model's vocabulary. */
export interface Tokenizer {
  /** The tokens of a text, or of the prompt of a request. Fails as `generate` does. */
  tokenize(input: TokenizationInput, signal: AbortSignal, origin: RequestOrigin): Promise<TokenizedText>;
  /** The text of up to `detokenizedTokensMax` tokens, control tokens by their names. */
  detokenize(tokens: readonly number[], signal: AbortSignal, origin: RequestOrigin): Promise<string>;
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
  /** Tokens that prompt and completion may have together; undefined: a remote server does not say. */
  readonly contextLength: number | undefined;
  /** Requests generated at the same time; undefined: not known, or without a limit. */
  readonly slots: number | undefined;
  /** How the model writes the arguments of calls, and so the grammar that they need; absent: not known. */
  readonly argumentsNotation?: ArgumentsNotation | undefined;
}

/** How busy a backend is. */
export interface BackendLoad {
  /** Requests that are being served. */
  readonly running: number;
  /** Requests that wait for a slot, or for the model to be loaded. */
  readonly waiting: number;
  /** Requests that can be served at the same time; undefined: not known, or without a limit. */
  readonly slots: number | undefined;
  /** The share of the KV cache that running requests fill, 0 to 1; undefined: not known. */
  readonly cacheUse: number | undefined;
  /** When a request that arrives now should have its first token, in milliseconds from now; absent: not known. */
  readonly firstTokenMs?: number | undefined;
}
