import { BackendError } from '../backend/backend-error.ts';
import { createDeferred } from './deferred.ts';
import {
  type EngineCommand,
  type EngineFacts,
  type EngineMessage,
  type EngineProgressMessage,
  type StepCounts,
  toBackendError,
} from './engine-message.ts';
import type { EngineLimits, EngineOptions } from './engine-options.ts';
import type { EngineProcessHandle, StartEngineProcess } from './engine-process-handle.ts';

/** Keeps one engine process alive: starts it, and starts it again when it dies. */
export interface EngineSupervisor {
  /** The first start; fails with the reason when the model can't be loaded. Later failures are retried. */
  start(): Promise<EngineFacts>;
  send(command: EngineCommand): void;
  /** Ends a process that does not answer any more; what follows is a crash like any other. */
  kill(): void;
  readonly pid: number | undefined;
  close(): Promise<void>;
}

export interface EngineSupervisorEvents {
  readonly onReady: (facts: EngineFacts) => void;
  readonly onProgress: (message: EngineProgressMessage) => void;
  readonly onRested: (counts: StepCounts) => void;
  /** Everything that ran in the process is lost. A restart comes after `restartDelayMs`. */
  readonly onCrash: (how: string, restartDelayMs: number) => void;
  /** The next attempt comes after `restartDelayMs`. */
  readonly onRestartFailed: (error: unknown, restartDelayMs: number) => void;
  readonly onOutput: (line: string) => void;
}

/** A process that lived this long starts again at once when it dies, in milliseconds. */
const stableMsMin = 60_000;

export interface EngineSupervisorParts {
  readonly options: EngineOptions;
  readonly limits: EngineLimits;
  readonly startProcess: StartEngineProcess;
  /** Called before each start after a crash. An error from it is the reason why there is no start. */
  readonly prepareRestart?: () => Promise<void>;
}

export function createEngineSupervisor(
  parts: EngineSupervisorParts,
  events: EngineSupervisorEvents,
): EngineSupervisor {
  return new ProcessSupervisor(parts, events);
}

class ProcessSupervisor implements EngineSupervisor {
  readonly #parts: EngineSupervisorParts;
  readonly #events: EngineSupervisorEvents;
  #process: EngineProcessHandle | undefined;
  #restartTimer: NodeJS.Timeout | undefined;
  #restartDelayMs: number;
  #isClosed = false;
  #exited: Promise<void> = Promise.resolve();

  constructor(parts: EngineSupervisorParts, events: EngineSupervisorEvents) {
    this.#parts = parts;
    this.#events = events;
    this.#restartDelayMs = parts.limits.restartDelayMsMin;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async start(): Promise<EngineFacts> {
    const facts = await this.#startOnce();
    this.#events.onReady(facts);
    return facts;
  }

  send(command: EngineCommand): void {
    this.#process?.send(command);
  }

  kill(): void {
    this.#process?.kill();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restartTimer);
    this.#process?.kill();
    await this.#exited;
  }

  /**
   * Resolves when the process is ready. Rejects if it could not load, but only after it has ended, so that no
   * second process starts next to it.
   */
  async #startOnce(): Promise<EngineFacts> {
    const loading = createDeferred<EngineFacts>();
    const exit = createDeferred<void>();
    const startedAtMs = performance.now();
    let isReady = false;
    let failure: BackendError | undefined;
    const onMessage = (message: EngineMessage) => {
      switch (message.type) {
        case 'ready':
          isReady = true;
          loading.resolve(message.facts);
          break;
        case 'load-failed':
          failure = toBackendError(message.failure);
          break;
        case 'progress':
          this.#events.onProgress(message);
          break;
        case 'rested':
          this.#events.onRested(message.counts);
          break;
      }
    };
    const onExit = (how: string) => {
      this.#process = undefined;
      exit.resolve();
      loading.reject(
        failure ?? new BackendError('engine_crashed', `The engine ended while loading the model: ${how}.`),
      );
      if (isReady && !this.#isClosed) {
        this.#restartAfterCrash(how, performance.now() - startedAtMs);
      }
    };
    this.#process = this.#parts.startProcess(this.#parts.options, {
      onMessage,
      onExit,
      onOutput: this.#events.onOutput,
    });
    this.#exited = exit.promise;
    const { loadMsMax } = this.#parts.limits;
    const loadTimer = setTimeout(() => {
      failure = createLoadTimeError(loadMsMax);
      this.#process?.kill();
    }, loadMsMax);
    try {
      return await loading.promise;
    } finally {
      clearTimeout(loadTimer);
    }
  }

  #restartAfterCrash(how: string, livedMs: number): void {
    if (livedMs > stableMsMin) {
      this.#restartDelayMs = this.#parts.limits.restartDelayMsMin;
    }
    this.#events.onCrash(how, this.#scheduleRestart());
  }

  async #startAgain(): Promise<void> {
    await this.#parts.prepareRestart?.();
    if (!this.#isClosed) await this.start();
  }

  /** Returns after how many milliseconds it will be. */
  #scheduleRestart(): number {
    const delayMs = this.#restartDelayMs;
    this.#restartDelayMs = Math.min(delayMs * 2, this.#parts.limits.restartDelayMsMax);
    this.#restartTimer = setTimeout(() => {
      this.#startAgain().catch((error: unknown) => {
        if (!this.#isClosed) {
          this.#events.onRestartFailed(error, this.#scheduleRestart());
        }
      });
    }, delayMs);
    return delayMs;
  }
}

function createLoadTimeError(loadMsMax: number): BackendError {
  const message = `The model was not loaded within ${loadMsMax / 1000} seconds (loadMsMax).`;
  return new BackendError('model_loading', message);
}
