import type { Backend, BackendDescription, BackendLoad, BackendState } from '../backend/backend.ts';
import type { BackendCapabilities } from '../backend/backend-capabilities.ts';
import type { EmbeddingRequest, Embeddings } from '../backend/embedding.ts';
import type { Generation } from '../backend/generation.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';
import type { RequestOrigin } from '../backend/request-origin.ts';
import type { TokenizationInput } from '../backend/tokenization.ts';
import { generateWithLease } from './generate-with-lease.ts';
import type { ModelPool } from './model-pool.ts';
import type { LoadableBackend, PoolModel } from './resident-model.ts';

/** A backend that is always available: its first request loads the model. */
export class OnDemandBackend implements Backend {
  readonly tokenizer = {
    tokenize: (input: TokenizationInput, signal: AbortSignal, origin: RequestOrigin) =>
      this.#use(signal, ({ tokenizer }) => tokenizer.tokenize(input, signal, origin)),
    detokenize: (tokens: readonly number[], signal: AbortSignal, origin: RequestOrigin) =>
      this.#use(signal, ({ tokenizer }) => tokenizer.detokenize(tokens, signal, origin)),
  };
  readonly #pool: ModelPool;
  readonly #model: PoolModel;
  #description: BackendDescription | undefined;

  constructor(pool: ModelPool, model: PoolModel) {
    this.#pool = pool;
    this.#model = model;
  }

  get capabilities(): BackendCapabilities {
    return this.#model.capabilities;
  }

  /** The state of the last load, until the next one. */
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

  /** Requests that wait for the model to be loaded count as waiting, like requests that wait for a slot. */
  load(): BackendLoad {
    const { name } = this.#model;
    const resident = this.#pool.find(name);
    const { waiting, ...load } = resident?.backend.load() ?? {
      running: 0,
      waiting: 0,
      slots: this.describe()?.slots,
      cacheUse: 0,
    };
    return { ...load, waiting: waiting + this.#pool.countWaiting(name) };
  }

  generate(request: GenerationRequest, signal: AbortSignal): Generation {
    return generateWithLease(this.#pool.acquire(this.#model, signal, request.isFurtherChoice), (backend) =>
      backend.generate(request, signal),
    );
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

  async #use<Answer>(
    signal: AbortSignal,
    ask: (backend: LoadableBackend) => Promise<Answer>,
  ): Promise<Answer> {
    const lease = await this.#pool.acquire(this.#model, signal);
    try {
      return await ask(lease.backend);
    } finally {
      lease.release();
    }
  }
}
