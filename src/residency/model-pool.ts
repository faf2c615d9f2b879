// Keeps track of the models in memory. A request for another model waits until it is loaded, and all waiting
// requests share one load. Loads start in order of arrival. If memory is short, the least recently used model
// takes no new requests, finishes its running ones, and is unloaded. Its next request waits in line like any
// other, so two busy models take turns and neither starves.
import { BackendError } from '../backend/backend-error.ts';
import { createLoadWaiters, type LoadWaiters, type WaitLimits } from './load-waiters.ts';
import type { ModelEvent } from './model-event.ts';
import { type Admission, inOrderOfLeaving, type PoolBudget, planAdmission } from './plan-admission.ts';
import { type Lease, type LoadableBackend, type PoolModel, ResidentModel } from './resident-model.ts';

export interface ModelPoolOptions {
  readonly budget: PoolBudget;
  readonly limits: WaitLimits;
  readonly onEvent: (event: ModelEvent) => void;
}

/** A model that waits for memory or is being loaded. */
interface Load {
  readonly model: PoolModel;
  readonly waiters: LoadWaiters<Lease>;
  /** Undefined while it waits in line. */
  backend: LoadableBackend | undefined;
  /** The engine found less memory than estimated. Retry when this model has been unloaded. */
  afterLeaving: ResidentModel | undefined;
}

/** Waits in line without a time limit. */
type JoinWaiters = (waiters: LoadWaiters<Lease>) => Promise<Lease>;

/** After a failed load, requests get its error immediately for this long, in milliseconds. */
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
  /** Models whose files were missing at the last check. */
  readonly #lost = new Set<string>();
  #isClosed = false;

  constructor(options: ModelPoolOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Running requests of all models. */
  get runningRequests(): number {
    return [...this.#residents.values()].reduce((sum, { leases }) => sum + leases, 0);
  }

  /** The model in memory, or undefined. */
  find(name: string): ResidentModel | undefined {
    return this.#residents.get(name);
  }

  /** The models in memory. */
  list(): readonly PoolModel[] {
    return [...this.#residents.values()].map(({ model }) => model);
  }

  /** What would have to be done now before the model could be loaded. */
  planLoad(model: PoolModel): Admission {
    const loading = [...this.#loads.values()].filter(({ backend }) => backend !== undefined);
    return planAdmission(
      model,
      [...this.#residents.values()],
      loading.map((other) => other.model),
      this.#options.budget,
    );
  }

  isLoading(name: string): boolean {
    return this.#loads.has(name);
  }

  /** Requests that wait until it is loaded. */
  countWaiting(name: string): number {
    return this.#loads.get(name)?.waiters.size ?? 0;
  }

  /** Whether the last load failed and has not been retried, or the files are missing. */
  hasFailed(name: string): boolean {
    return this.#failures.has(name) || this.#lost.has(name);
  }

  /**
   * Records the result of a file check. A model without its files is unloaded, because reading them would
   * crash its engine.
   */
  noteFiles(name: string, areThere: boolean): void {
    if (areThere) {
      // A load that failed for missing files may succeed now, so forget the failure.
      if (this.#lost.delete(name)) this.#failures.delete(name);
    } else {
      this.#lost.add(name);
      void this.unload(name);
    }
  }

  /**
   * Waits until the model is loaded, and loads it if necessary. `isContinued` marks part of a request that
   * already holds a lease. It may use a model that is about to leave.
   * @throws BackendError `model_loading`, `insufficient_memory`, `overloaded`, `model_unavailable`, or the
   * reason of a failed load
   */
  acquire(model: PoolModel, signal: AbortSignal, isContinued = false): Promise<Lease> {
    return this.#acquire(model, (waiters) => waiters.wait(signal), isContinued);
  }

  /**
   * Loads the model and keeps it for `keepAliveMs`, if given. Throws like `acquire`, without the limits for
   * waiting requests, because a load has a time limit.
   */
  async load(model: PoolModel, signal: AbortSignal, keepAliveMs?: number): Promise<void> {
    const lease = await this.#acquire(model, (waiters) => waiters.waitForLoad(signal), false);
    if (keepAliveMs !== undefined) this.#residents.get(model.name)?.keepAlive(keepAliveMs);
    lease.release();
  }

  /** Takes no new requests for the model, finishes its running ones, and resolves when it is unloaded. */
  async unload(name: string): Promise<void> {
    await this.#residents.get(name)?.leave();
  }

  /** Refuses waiting requests, gives running ones `drainTimeoutMs` to finish, and ends the rest. */
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
    // A draining backend decides which requests it accepts, and when to retry.
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
      // The caller that left may have been the last one to want this model.
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

  /** Starts every load that can start now. A load that must wait holds up the ones behind it. */
  #advance(): void {
    for (const load of this.#loads.values()) {
      if (load.backend !== undefined) continue;
      if (!this.#admit(load)) return;
    }
  }

  /** Whether to continue with the next model in line. */
  #admit(load: Load): boolean {
    const { model } = load;
    // All callers may have left before the model's turn came.
    if (load.waiters.size === 0) {
      this.#loads.delete(model.name);
      return true;
    }
    if (this.#residents.has(model.name) || load.afterLeaving !== undefined) return false;
    const admission = this.planLoad(model);
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

  /** The machine may have less memory than estimated. Then unload the next candidate, if there is one. */
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
