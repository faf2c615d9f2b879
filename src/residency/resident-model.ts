import type { Backend } from '../backend/backend.ts';
import type { BackendCapabilities } from '../backend/backend-capabilities.ts';

type EngineAbility = 'tokenizer' | 'countTokens' | 'embed';

/** A backend that holds nothing before `start`: an engine, which can do all of these. */
export interface LoadableBackend extends Omit<Backend, EngineAbility>, EngineAbilities {
  /** Loads the model. Throws a `BackendError` with the reason if that fails. */
  start(): Promise<void>;
}

type EngineAbilities = { readonly [Name in EngineAbility]: NonNullable<Backend[Name]> };

/** A model that can be loaded. */
export interface PoolModel {
  readonly name: string;
  /** Estimated memory in bytes. */
  readonly needBytes: number;
  /** Whether it is never unloaded to make room for another. It may change. */
  readonly isPinned: boolean;
  /** How long it stays without requests, in milliseconds. Infinity keeps it until its memory is needed. It may change. */
  readonly keepAliveMs: number;
  /** Throws a `BackendError` if the model can't be loaded at all. */
  readonly prepare: () => Promise<void>;
  /** A quick check that its files exist with the right sizes. */
  readonly hasFiles: () => Promise<boolean>;
  /** The capabilities of every backend that `open` creates. */
  readonly capabilities: BackendCapabilities;
  /** Creates a new backend for each load. */
  readonly open: () => LoadableBackend;
}

/** The right to use a loaded model. The model stays until the lease is released. */
export interface Lease {
  readonly backend: LoadableBackend;
  /** Call once. */
  release(): void;
}

/**
 * `resident`: takes requests. `leaving`: finishes running requests, then goes. `closing`: nothing runs, and
 * it is being unloaded.
 */
export type ResidentPhase = 'resident' | 'leaving' | 'closing';

export interface ResidentEvents {
  readonly onLeave: () => void;
  /** Resolves when its memory is free. */
  readonly onGone: () => void;
}

/** The longest timer that Node supports, in milliseconds. */
const timerMsMax = 2 ** 31 - 1;

/** A model in memory. */
export class ResidentModel {
  readonly model: PoolModel;
  readonly backend: LoadableBackend;
  readonly #events: ResidentEvents;
  #phase: ResidentPhase = 'resident';
  #leases = 0;
  #lastUsedAtMs = performance.now();
  #keepAliveMs: number;
  #expiryTimer: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;
  readonly #leftListeners: (() => void)[] = [];

  constructor(model: PoolModel, backend: LoadableBackend, events: ResidentEvents) {
    this.model = model;
    this.backend = backend;
    this.#events = events;
    this.#keepAliveMs = model.keepAliveMs;
    this.#armExpiry();
  }

  get phase(): ResidentPhase {
    return this.#phase;
  }

  /** Number of requests that use it. */
  get leases(): number {
    return this.#leases;
  }

  get isBusy(): boolean {
    return this.#leases > 0;
  }

  /** On the clock of `performance.now()`. */
  get lastUsedAtMs(): number {
    return this.#lastUsedAtMs;
  }

  /** Counts from the next idle moment. `Infinity` keeps the model until its memory is needed. */
  keepAlive(keepAliveMs: number): void {
    this.#keepAliveMs = keepAliveMs;
    this.#armExpiry();
  }

  lease(): Lease {
    this.#leases += 1;
    clearTimeout(this.#expiryTimer);
    return { backend: this.backend, release: () => this.#release() };
  }

  /** Takes no new requests and unloads when the last one is done. Resolves when the model is unloaded. */
  leave(): Promise<void> {
    clearTimeout(this.#expiryTimer);
    if (this.#phase === 'resident') {
      this.#phase = 'leaving';
      this.#events.onLeave();
    }
    const left = new Promise<void>((resolve) => this.#leftListeners.push(resolve));
    if (!this.isBusy) void this.close(0);
    return left;
  }

  /** Gives running requests `drainTimeoutMs` to finish, and ends the rest. */
  close(drainTimeoutMs: number): Promise<void> {
    this.#closed ??= this.#close(drainTimeoutMs);
    return this.#closed;
  }

  async #close(drainTimeoutMs: number): Promise<void> {
    clearTimeout(this.#expiryTimer);
    if (this.#phase === 'resident') this.#events.onLeave();
    this.#phase = 'closing';
    await this.backend.close(drainTimeoutMs);
    this.#events.onGone();
    for (const resolve of this.#leftListeners) resolve();
  }

  #release(): void {
    this.#leases -= 1;
    this.#lastUsedAtMs = performance.now();
    if (this.isBusy) return;
    if (this.#phase === 'leaving') void this.close(0);
    this.#armExpiry();
  }

  #armExpiry(): void {
    clearTimeout(this.#expiryTimer);
    if (this.isBusy || this.#phase !== 'resident' || this.#keepAliveMs > timerMsMax) return;
    this.#expiryTimer = setTimeout(() => void this.leave(), this.#keepAliveMs);
    this.#expiryTimer.unref();
  }
}
