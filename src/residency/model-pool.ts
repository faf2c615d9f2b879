// Which models are in memory. A request for one that is not there waits until it is loaded; all who wait for the
// same model share one load. Loads begin in order of arrival. Where memory is short, the least recently used model
// leaves: it takes no new requests, finishes those that run, and is unloaded. Its next request stands in line like
// any other, so that two busy models take turns instead of starving each other.
import { BackendError } from '../backend/backend-error.ts';
import { createLoadWaiters, type LoadWaiters, type WaitLimits } from './load-waiters.ts';
import type { ModelEvent } from './model-event.ts';
import { inOrderOfLeaving, type PoolBudget, planAdmission } from './plan-admission.ts';
import { type Lease, type LoadableBackend, type PoolModel, ResidentModel } from './resident-model.ts';

export interface ModelPoolOptions {
  readonly budget: PoolBudget;
  readonly limits: WaitLimits;
  readonly onEvent: (event: ModelEvent) => void;
}

/** A model on its way into memory. */
interface Load {
  readonly model: PoolModel;
  readonly waiters: LoadWaiters<Lease>;
  /** It is being loaded; undefined while it stands in line. */
  backend: LoadableBackend | undefined;
  /** The engine found less memory than was expected: it is tried again when this one has left. */
  afterLeaving: ResidentModel | undefined;
}

/** Stands in line with the others, for as long as it may. */
type JoinWaiters = (waiters: LoadWaiters<Lease>) => Promise<Lease>;

/** For so long after a load failed its error answers everyone at once, in milliseconds. */
const failureMs = 2000;

interface Failure {
  readonly error: unknown;
  readonly atMs: number;
}

export class ModelPool {
  readonly #options: ModelPoolOptions;
  readonly #residents = new Map<string, ResidentModel>();
  readonly #loads = new Map<string, Load>();
  readonly #failures = new Map<string, Failure>();
  /** Models whose files were gone when they were last looked at. */
  readonly #lost = new Set<string>();
  #isClosed = false;

  constructor(options: ModelPoolOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Requests that run, in all models together. */
  get runningRequests(): number {
    return [...this.#residents.values()].reduce((sum, { leases }) => sum + leases, 0);
  }

  /** The model in memory, or undefined. */
  find(name: string): ResidentModel | undefined {
    return this.#residents.get(name);
  }

  isLoading(name: string): boolean {
    return this.#loads.has(name);
  }

  /** Requests that wait until it is loaded. */
  countWaiting(name: string): number {
    return this.#loads.get(name)?.waiters.size ?? 0;
  }

  /** Its last load failed, and nobody has tried again since; or its files are gone. */
  hasFailed(name: string): boolean {
    return this.#failures.has(name) || this.#lost.has(name);
  }

  /** What a look at a model's files found. One without them leaves: what it reads next would take its engine down. */
  noteFiles(name: string, areThere: boolean): void {
    if (areThere) {
      // What failed for want of them may work now; until it is tried, nothing speaks against it.
      if (this.#lost.delete(name)) this.#failures.delete(name);
    } else {
      this.#lost.add(name);
      void this.unload(name);
    }
  }

  /**
   * Waits until the model is loaded, loading it if need be. `isContinued`: what asks is part of a request that holds
   * a lease already, and goes on even with a model that is leaving.
   * @throws BackendError `model_loading`, `insufficient_memory`, `overloaded`, `model_unavailable`, or why it could not be loaded
   */
  acquire(model: PoolModel, signal: AbortSignal, isContinued = false): Promise<Lease> {
    return this.#acquire(model, (waiters) => waiters.wait(signal), isContinued);
  }

  /**
   * Loads the model, and has it stay for `keepAliveMs` where that is given. Throws as `acquire` does, but for the limits
   * of requests that wait: a load has a limit of its own.
   */
  async load(model: PoolModel, signal: AbortSignal, keepAliveMs?: number): Promise<void> {
    const lease = await this.#acquire(model, (waiters) => waiters.waitForLoad(signal), false);
    if (keepAliveMs !== undefined) this.#residents.get(model.name)?.keepAlive(keepAliveMs);
    lease.release();
  }

  /** Takes no new requests for the model, finishes those that run, and resolves when it is out of memory. */
  async unload(name: string): Promise<void> {
    await this.#residents.get(name)?.leave();
  }

  /** Refuses who waits, gives running requests `drainTimeoutMs` to finish, and ends what is left. */
  async close(drainTimeoutMs: number): Promise<void> {
    this.#isClosed = true;
    const loads = [...this.#loads.values()];
    for (const { waiters } of loads) waiters.reject(this.#createClosedError());
    await Promise.all([
      ...loads.map(({ backend }) => backend?.close(0)),
      ...[...this.#residents.values()].map((resident) => resident.close(drainTimeoutMs)),
    ]);
    this.#loads.clear();
  }

  async #assertFiles(model: PoolModel): Promise<void> {
    const areThere = await model.hasFiles();
    this.noteFiles(model.name, areThere);
    if (!areThere) await model.prepare();
  }

  async #acquire(model: PoolModel, join: JoinWaiters, isContinued: boolean): Promise<Lease> {
    if (!isContinued && !this.#isClosed && this.#residents.has(model.name)) await this.#assertFiles(model);
    const resident = this.#residents.get(model.name);
    // A backend that drains says itself whom it lets in, and when to come back.
    const isOpen = resident?.phase === 'resident' || isContinued || this.#isClosed;
    if (resident !== undefined && isOpen) return resident.lease();
    if (this.#isClosed) throw this.#createClosedError();
    const failure = this.#failures.get(model.name);
    if (failure !== undefined && performance.now() - failure.atMs < failureMs) throw failure.error;
    const waiting = join(this.#demand(model).waiters);
    this.#advance();
    try {
      return await waiting;
    } finally {
      // Whoever leaves the line may have been the last to want this model.
      this.#advance();
    }
  }

  #demand(model: PoolModel): Load {
    const load = this.#loads.get(model.name) ?? {
      model,
      waiters: createLoadWaiters<Lease>(this.#options.limits),
      backend: undefined,
      afterLeaving: undefined,
    };
    this.#loads.set(model.name, load);
    return load;
  }

  /** Begins every load that may begin now; the first one in line that may not holds up those behind it. */
  #advance(): void {
    for (const load of this.#loads.values()) {
      if (load.backend !== undefined) continue;
      if (!this.#admit(load)) return;
    }
  }

  /** Whether the next in line may be looked at. */
  #admit(load: Load): boolean {
    const { model } = load;
    // Whoever asked for it may have left before its turn came.
    if (load.waiters.size === 0) {
      this.#loads.delete(model.name);
      return true;
    }
    if (this.#residents.has(model.name) || load.afterLeaving !== undefined) return false;
    const loading = [...this.#loads.values()].filter(({ backend }) => backend !== undefined);
    const admission = planAdmission(
      model,
      [...this.#residents.values()],
      loading.map((other) => other.model),
      this.#options.budget,
    );
    switch (admission.kind) {
      case 'load':
        void this.#start(load);
        return true;
      case 'wait':
        return false;
      case 'evict':
        for (const victim of admission.victims) void victim.leave();
        return false;
      case 'never':
        this.#fail(load, new BackendError('insufficient_memory', admission.reason));
        return true;
    }
  }

  async #start(load: Load): Promise<void> {
    const { model } = load;
    const startedAtMs = performance.now();
    this.#failures.delete(model.name);
    this.#options.onEvent({ type: 'loading', model: model.name });
    const backend = model.open();
    load.backend = backend;
    try {
      await model.prepare();
      await backend.start();
    } catch (error) {
      await backend.close(0);
      if (!this.#isClosed) this.#retryOrFail(load, error);
      return;
    }
    if (this.#isClosed) return;
    const resident = new ResidentModel(model, backend, {
      onLeave: () => this.#options.onEvent({ type: 'unloading', model: model.name }),
      onGone: () => this.#forget(resident),
    });
    this.#residents.set(model.name, resident);
    this.#loads.delete(model.name);
    const tookMs = performance.now() - startedAtMs;
    this.#options.onEvent({ type: 'loaded', model: model.name, tookMs });
    load.waiters.resolve(() => resident.lease());
    this.#advance();
  }

  #forget(resident: ResidentModel): void {
    const { name } = resident.model;
    this.#residents.delete(name);
    this.#options.onEvent({ type: 'unloaded', model: name });
    for (const load of this.#loads.values()) {
      if (load.afterLeaving === resident) load.afterLeaving = undefined;
    }
    this.#advance();
  }

  /** The machine may have less memory than it was expected to: then the next in order makes room, if there is one. */
  #retryOrFail(load: Load, error: unknown): void {
    load.backend = undefined;
    const isShort = error instanceof BackendError && error.code === 'insufficient_memory';
    const [victim] = isShort ? inOrderOfLeaving([...this.#residents.values()]) : [];
    if (victim === undefined) {
      this.#fail(load, error);
    } else {
      load.afterLeaving = victim;
      void victim.leave();
    }
    this.#advance();
  }

  #fail({ model, waiters }: Load, error: unknown): void {
    this.#loads.delete(model.name);
    this.#failures.set(model.name, { error, atMs: performance.now() });
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.onEvent({ type: 'load-failed', model: model.name, reason });
    waiters.reject(error);
  }

  #createClosedError(): BackendError {
    const { retryAfterMs } = this.#options.limits;
    return new BackendError('overloaded', 'The server is shutting down.', { retryAfterMs });
  }
}
