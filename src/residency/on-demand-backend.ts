import type { Backend, BackendDescription, BackendState } from '../backend/backend.ts';
import type { EmbeddingRequest, Embeddings } from '../backend/embedding.ts';
import type { GenerationEvent } from '../backend/generation-event.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';
import type { TokenizationInput, TokenizedText } from '../backend/tokenization.ts';
import type { ModelPool } from './model-pool.ts';
import type { PoolModel } from './resident-model.ts';

/** A model as a backend that is always there: its first request loads it. */
export class OnDemandBackend implements Backend {
  readonly #pool: ModelPool;
  readonly #model: PoolModel;
  #description: BackendDescription | undefined;

  constructor(pool: ModelPool, model: PoolModel) {
    this.#pool = pool;
    this.#model = model;
  }

  /** What it was when it was last loaded, for as long as it is not loaded again. */
  describe(): BackendDescription | undefined {
    this.#description = this.#pool.find(this.#model.name)?.backend.describe() ?? this.#description;
    return this.#description;
  }

  state(): BackendState {
    const { name } = this.#model;
    if (this.#pool.isClosed) return 'draining';
    const resident = this.#pool.find(name);
    if (resident !== undefined) return resident.backend.state();
    if (this.#pool.isLoading(name)) return 'starting';
    return this.#pool.hasFailed(name) ? 'failed' : 'unloaded';
  }

  async *generate(request: GenerationRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
    const lease = await this.#pool.acquire(this.#model, signal, request.isFurtherChoice);
    try {
      yield* lease.backend.generate(request, signal);
    } finally {
      lease.release();
    }
  }

  tokenize(input: TokenizationInput, signal: AbortSignal): Promise<TokenizedText> {
    return this.#use(signal, (backend) => backend.tokenize(input, signal));
  }

  detokenize(tokens: readonly number[], signal: AbortSignal): Promise<string> {
    return this.#use(signal, (backend) => backend.detokenize(tokens, signal));
  }

  countTokens(request: GenerationRequest, signal: AbortSignal): Promise<number> {
    return this.#use(signal, (backend) => backend.countTokens(request, signal));
  }

  embed(request: EmbeddingRequest, signal: AbortSignal): Promise<Embeddings> {
    return this.#use(signal, (backend) => backend.embed(request, signal));
  }

  close(): Promise<void> {
    return this.#pool.unload(this.#model.name);
  }

  async #use<Answer>(signal: AbortSignal, ask: (backend: Backend) => Promise<Answer>): Promise<Answer> {
    const lease = await this.#pool.acquire(this.#model, signal);
    try {
      return await ask(lease.backend);
    } finally {
      lease.release();
    }
  }
}
