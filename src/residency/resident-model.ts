import type { Backend } from '../backend/backend.ts';
import type { BackendCapabilities } from '../backend/backend-capabilities.ts';

type EngineAbility = 'tokenizer' | 'countTokens' | 'embed';

/** A backend that holds nothing before `start`: an engine, which can do all of these. */
export interface LoadableBackend
  extends Omit<Backend, EngineAbility>,
    Required<Pick<Backend, EngineAbility>> {
  /** Loads the model; throws a `BackendError` that says why not. */
  start(): Promise<void>;
}

/** A model that may be loaded. */
export interface PoolModel {
  readonly name: string;
  /** What it is expected to take of the memory, in bytes. */
  readonly needBytes: number;
  /** It is never unloaded to make room for another. */
  readonly isPinned: boolean;
  /** How long it stays without a request, in milliseconds; Infinity: until its memory is needed. */
  readonly keepAliveMs: number;
  /** Whether it can be loaded at all; throws a `BackendError` that says why not. */
  readonly prepare: () => Promise<void>;
  /** Whether its files are there and have their sizes, at a glance. */
  readonly hasFiles: () => Promise<boolean>;
  /** What each backend that `open` makes can do. */
  readonly capabilities: BackendCapabilities;
  /** A backend of its own for each load. */
  readonly open: () => LoadableBackend;
}

/** The right to use a loaded model, which stays until it is released. */
export interface Lease {
  readonly backend: LoadableBackend;
  /** To be called once. */
  release(): void;
}

/**
 * `resident`: takes requests. `leaving`: finishes what it has begun, then goes. `closing`: nothing runs any more, and
 * it is being unloaded.
 */
export type ResidentPhase = 'resident' | 'leaving' | 'closing';

export interface ResidentEvents {
  readonly onLeave: () => void;
  /** Its memory is free again. */
  readonly onGone: () => void;
}

/** The longest time that a timer can be set to, in milliseconds. */
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

  /** Requests that use it. */
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

  /** From its next idle moment on; `Infinity` keeps it until its memory is needed. */
  keepAlive(keepAliveMs: number): void {
    this.#keepAliveMs = keepAliveMs;
    this.#armExpiry();
  }

  lease(): Lease {
    this.#leases += 1;
    clearTimeout(this.#expiryTimer);
    return { backend: this.backend, release: () => this.#release() };
  }

  /** It takes no new requests, and is unloaded when the last one is done. Resolves when it is gone. */
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

  /** Gives running requests `drainTimeoutMs` to finish, and ends what is left. */
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
