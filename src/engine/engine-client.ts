// The embedded engine as a backend. The queue lives on this side of the process boundary, so that waiting
// requests survive a crash of the process; it only ever holds what it is generating right now.

import type { Backend, BackendDescription, BackendLoad, BackendState } from '../backend/backend.ts';
import { BackendError, type BackendErrorCode } from '../backend/backend-error.ts';
import type { EmbeddingRequest, Embeddings } from '../backend/embedding.ts';
import type { Generation } from '../backend/generation.ts';
import { type GenerationEvent, noUsage, type TokenUsage } from '../backend/generation-event.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';
import type { TokenizationInput, TokenizedText } from '../backend/tokenization.ts';
import { createFairQueue } from '../queueing/fair-queue.ts';
import { createFirstTokenTime } from '../queueing/first-token-time.ts';
import { createServiceTime } from '../queueing/service-time.ts';
import { assertMayFit } from './assert-may-fit.ts';
import { createDeferred } from './deferred.ts';
import { engineCapabilities } from './engine-capabilities.ts';
import { createCrashError, createEngineJob, type EngineJob, toRequestId } from './engine-job.ts';
import { type EngineFacts, type EngineProgressMessage, toBackendError } from './engine-message.ts';
import type { EngineLimits, EngineOptions } from './engine-options.ts';
import type { StartEngineProcess } from './engine-process-handle.ts';
import { packRequest } from './engine-request.ts';
import { createEngineSupervisor, type EngineSupervisor } from './engine-supervisor.ts';
import type { EngineTask, EngineTaskAnswers } from './engine-task.ts';
import { createEngineTasks, type EngineTasks } from './engine-tasks.ts';

export interface EngineClientParts {
  readonly options: EngineOptions;
  readonly limits: EngineLimits;
  /** Version of this service, for the fingerprint. */
  readonly version: string;
  readonly startProcess: StartEngineProcess;
  /** Asked before each start after a crash: throws a `BackendError` where the model can't be loaded any more. */
  readonly prepareRestart?: () => Promise<void>;
  /** @param requestIds of the requests that the event ends */
  readonly log: (event: EngineLogEvent, detail: string, requestIds?: readonly string[]) => void;
}

export type EngineLogEvent =
  | 'engine-ready'
  | 'engine-rested'
  | 'engine-crashed'
  | 'engine-restart-failed'
  | 'engine-output';

/**
 * How long the process may take to give back a slot that was cancelled, in milliseconds: a hundred times what a
 * step takes. One that takes longer hangs, and is ended.
 */
const cancelMsMax = 30_000;

/** Start failures that a retry can't fix. */
const finalCodes: ReadonlySet<BackendErrorCode> = new Set(['insufficient_memory', 'model_unavailable']);

export class EngineClient implements Backend {
  readonly capabilities = engineCapabilities;
  readonly tokenizer = {
    tokenize: (input: TokenizationInput, signal: AbortSignal) => this.#tokenize(input, signal),
    detokenize: (tokens: readonly number[], signal: AbortSignal) =>
      this.#runTask({ kind: 'detokenize', tokens }, signal),
  };
  readonly #parts: EngineClientParts;
  readonly #supervisor: EngineSupervisor;
  readonly #running = new Map<string, EngineJob>();
  readonly #serviceTime = createServiceTime();
  readonly #firstTokenTime = createFirstTokenTime();
  readonly #tasks: EngineTasks;
  readonly #queue = createFairQueue<EngineJob>();
  #facts: EngineFacts | undefined;
  #cacheTokens = 0;
  #state: BackendState = 'starting';
  #onIdle: (() => void) | undefined;

  constructor(parts: EngineClientParts) {
    this.#parts = parts;
    this.#supervisor = createEngineSupervisor(parts, {
      onReady: (facts) => this.#becomeReady(facts),
      onProgress: (message) => this.#take(message),
      onRested: ({ steps, withAllThreads, threads }) =>
        parts.log('engine-rested', `${steps} steps, ${withAllThreads} of them with all threads (${threads})`),
      onCrash: (how, restartDelayMs) => this.#crash(how, restartDelayMs),
      onRestartFailed: (error, restartDelayMs) => this.#noteRestartFailure(error, restartDelayMs),
      onOutput: (line) => parts.log('engine-output', line),
    });
    this.#tasks = createEngineTasks({
      limits: parts.limits,
      isReady: () => this.#state === 'ready',
      send: (command) => this.#supervisor.send(command),
      onIdle: () => this.#noteIdle(),
      createOverloadedError: (message) => this.#overloaded(message, undefined),
    });
  }

  /** Loads the model; fails with a `BackendError` that says why not. */
  async start(): Promise<void> {
    try {
      await this.#supervisor.start();
    } catch (error) {
      // A close may have come in between, and is final.
      if (this.#state === 'starting') this.#state = 'failed';
      throw error;
    }
  }

  /** Process id of the engine process. Undefined while there is none. For doctor and tests. */
  get pid(): number | undefined {
    return this.#supervisor.pid;
  }

  state(): BackendState {
    return this.#state;
  }

  describe(): BackendDescription | undefined {
    if (this.#facts === undefined) return undefined;
    const { task, contextLength, slots, release, argumentsNotation } = this.#facts;
    const fingerprint = `gravix-${this.#parts.version}-llama.cpp-${release}`;
    return { task, contextLength, slots, fingerprint, argumentsNotation };
  }

  load(): BackendLoad {
    const { slots, contextLength } = this.#facts ?? {};
    const cellsMax = (slots ?? 0) * (contextLength ?? 0);
    return {
      running: this.#running.size + this.#tasks.size,
      waiting: this.#queue.length,
      slots,
      cacheUse: cellsMax === 0 || this.#running.size === 0 ? 0 : this.#cacheTokens / cellsMax,
      firstTokenMs: this.#predictFirstTokenMs(),
    };
  }

  #predictFirstTokenMs(): number | undefined {
    if (this.#state !== 'ready') return undefined;
    const waitMs = this.#hasFreeSlot()
      ? 0
      : this.#serviceTime.estimateWaitMs(this.#queue.length, this.#facts?.slots ?? 1);
    const evaluating = [...this.#running.values()].filter(({ hasFirstToken }) => !hasFirstToken).length;
    return this.#firstTokenTime.predictMs(waitMs, evaluating);
  }

  generate(request: GenerationRequest, signal: AbortSignal): Generation {
    const abort = () => {
      job.events.fail(signal.reason);
      this.#cancel(job);
    };
    const job = createEngineJob(
      request,
      () => this.#cancel(job),
      () => signal.removeEventListener('abort', abort),
    );
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      this.#enqueue(job);
    } catch (error) {
      this.#refuse(job, error);
    }
    return { events: job.events, settled: job.settled };
  }

  async #tokenize(input: TokenizationInput, signal: AbortSignal): Promise<TokenizedText> {
    if (input.kind === 'text') {
      return this.#runTask({ kind: 'tokenize', input }, signal);
    }
    assertMayFit(this.#facts, input.request.prompt);
    return this.#runTask({ kind: 'tokenize-prompt', request: packRequest(input.request) }, signal);
  }

  async countTokens(request: GenerationRequest, signal: AbortSignal): Promise<number> {
    assertMayFit(this.#facts, request.prompt);
    return this.#runTask({ kind: 'count-tokens', request: packRequest(request) }, signal);
  }

  embed({ inputs, callerId }: EmbeddingRequest, signal: AbortSignal): Promise<Embeddings> {
    return this.#runTask({ kind: 'embed', inputs, callerId }, signal);
  }

  async #runTask<Task extends EngineTask>(
    task: Task,
    signal: AbortSignal,
  ): Promise<EngineTaskAnswers[Task['kind']]> {
    if (this.#state === 'closed' || this.#state === 'draining') {
      throw this.#closing();
    }
    return this.#tasks.run(task, signal);
  }

  async close(drainTimeoutMs: number): Promise<void> {
    this.#state = 'draining';
    this.#refuseQueued(({ isFurtherChoice }) => !isFurtherChoice);
    if (this.#running.size + this.#tasks.size > 0) {
      const idle = createDeferred<void>();
      this.#onIdle = idle.resolve;
      const timer = setTimeout(idle.resolve, drainTimeoutMs);
      await idle.promise;
      clearTimeout(timer);
    }
    this.#refuseQueued(() => true);
    const unfinished = [...this.#running.values()];
    this.#running.clear();
    for (const job of unfinished) this.#failRunning(job, this.#closing());
    this.#tasks.failAll(this.#closing());
    await this.#supervisor.close();
    for (const job of unfinished) job.settle();
    this.#state = 'closed';
  }

  #refuseQueued(isRefused: (request: GenerationRequest) => boolean): void {
    for (const job of this.#queue.removeWhere(({ request }) => isRefused(request))) {
      this.#refuse(job, this.#closing());
    }
  }

  /** A further choice is part of a request that was accepted: neither the queue nor a drain refuses it. */
  #enqueue(job: EngineJob): void {
    const { isFurtherChoice, callerId, prompt } = job.request;
    if (this.#state === 'closed' || (this.#state === 'draining' && !isFurtherChoice)) {
      throw this.#closing();
    }
    assertMayFit(this.#facts, prompt);
    const isFull = this.#queue.length >= this.#parts.limits.queueLengthMax;
    if (isFull && !isFurtherChoice && !this.#hasFreeSlot()) {
      this.#makeRoom(callerId);
    }
    this.#queue.push(callerId, job);
    this.#dispatch();
    if (job.sentAtMs === undefined && !isFurtherChoice) {
      job.queueTimer = setTimeout(() => this.#giveUpWaiting(job), this.#parts.limits.queueWaitMsMax);
    }
  }

  /**
   * In a full queue the caller with the most requests gives up its newest one for a caller with fewer: else one that
   * fills the queue would shut all others out.
   */
  #makeRoom(callerId: string | undefined): void {
    const spared = this.#queue.findToSpare(callerId, ({ request }) => !request.isFurtherChoice);
    const message = 'The server is busy: its queue is full.';
    if (spared === undefined) throw this.#overloaded(message, callerId);
    this.#queue.remove(spared);
    this.#refuse(spared, this.#overloaded(message, spared.request.callerId));
  }

  #hasFreeSlot(): boolean {
    const isServing = this.#state === 'ready' || this.#state === 'draining';
    return isServing && this.#running.size < (this.#facts?.slots ?? 0);
  }

  #giveUpWaiting(job: EngineJob): void {
    this.#queue.remove(job);
    const message = 'The server is busy: the request waited too long for its turn.';
    const error =
      this.#state === 'ready'
        ? this.#overloaded(message, job.request.callerId)
        : new BackendError('model_loading', 'The model is still loading; try again later.', {
            retryAfterMs: this.#parts.limits.restartDelayMsMax,
          });
    this.#refuse(job, error);
  }

  #dispatch(): void {
    while (this.#hasFreeSlot()) {
      const job = this.#queue.take((callerId) => this.#countRunning(callerId));
      if (job === undefined) return;
      clearTimeout(job.queueTimer);
      job.sentAtMs = performance.now();
      this.#running.set(job.request.id, job);
      const queueWaitMs = job.sentAtMs - job.arrivedAtMs;
      this.#supervisor.send({ type: 'generate', request: packRequest(job.request), queueWaitMs });
    }
  }

  #countRunning(callerId: string | undefined): number {
    return [...this.#running.values()].filter(({ request }) => request.callerId === callerId).length;
  }

  #take({ items, runs = [], cacheTokens }: EngineProgressMessage): void {
    this.#cacheTokens = cacheTokens ?? this.#cacheTokens;
    for (const counts of runs) this.#running.get(counts[0])?.noteCounts(counts);
    for (const item of items) {
      const job = this.#running.get(item.id);
      if (this.#tasks.take(item) || job === undefined) {
        continue;
      }
      switch (item.type) {
        case 'event':
          this.#takeEvent(job, item.event);
          break;
        case 'failed':
          job.events.fail(toBackendError(item.failure, { wasGenerating: job.hasStarted }));
          break;
        case 'released':
          this.#release(job, item.usage);
          break;
        case 'answered':
          break;
      }
    }
    this.#dispatch();
  }

  #takeEvent(job: EngineJob, event: GenerationEvent): void {
    const hadFirstToken = job.hasFirstToken;
    job.take(event);
    if (job.hasFirstToken && !hadFirstToken) this.#firstTokenTime.record(job.sentAtMs ?? 0);
  }

  #release(job: EngineJob, usage: TokenUsage | undefined): void {
    clearTimeout(job.cancelTimer);
    job.events.end();
    this.#running.delete(job.request.id);
    job.settle(usage ?? noUsage);
    // The duration of a refused or cancelled request says nothing about a complete one.
    if (job.sentAtMs !== undefined && job.isFinished) {
      this.#serviceTime.record(performance.now() - job.sentAtMs);
    }
    this.#noteIdle();
  }

  #noteIdle(): void {
    if (this.#running.size + this.#queue.length + this.#tasks.size === 0) {
      this.#onIdle?.();
    }
  }

  /** Nothing to do for a job that is over; a running one keeps its slot until the process gives it back. */
  #cancel(job: EngineJob): void {
    clearTimeout(job.queueTimer);
    if (this.#running.get(job.request.id) === job) {
      if (job.cancelTimer !== undefined) return;
      this.#supervisor.send({ type: 'cancel', id: job.request.id });
      job.cancelTimer = setTimeout(() => this.#supervisor.kill(), cancelMsMax);
    } else if (this.#queue.remove(job)) {
      job.settle();
    }
  }

  #becomeReady(facts: EngineFacts): void {
    this.#facts = facts;
    if (this.#state !== 'draining' && this.#state !== 'closed') {
      this.#state = 'ready';
      this.#parts.log('engine-ready', `${facts.slots} slots of ${facts.contextLength} tokens`);
    }
    this.#dispatch();
    this.#tasks.becomeReady();
  }

  #crash(how: string, restartDelayMs: number): void {
    const lost = [...this.#running.values()];
    this.#parts.log('engine-crashed', how, lost.map(toRequestId));
    if (this.#state === 'ready') this.#state = 'failed';
    this.#running.clear();
    for (const job of lost) {
      this.#failRunning(job, createCrashError(restartDelayMs, job.hasStarted));
      job.settle();
    }
    this.#tasks.failSent(createCrashError(restartDelayMs, false));
    this.#onIdle?.();
  }

  /** Waiting requests wait for the next attempt, unless the model no longer fits or is gone. */
  #noteRestartFailure(error: unknown, restartDelayMs: number): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#parts.log('engine-restart-failed', `${reason} Next attempt in ${restartDelayMs} ms.`);
    if (error instanceof BackendError && finalCodes.has(error.code)) {
      for (const job of this.#queue.removeWhere(() => true)) {
        this.#refuse(job, error);
      }
      this.#tasks.failAll(error);
    }
  }

  /** It was not served, and is not in the queue. */
  #refuse(job: EngineJob, error: unknown): void {
    clearTimeout(job.queueTimer);
    job.events.fail(error);
    job.settle();
  }

  /** The process has it, or had it. */
  #failRunning(job: EngineJob, error: BackendError): void {
    clearTimeout(job.cancelTimer);
    job.events.fail(error);
  }

  #closing(): BackendError {
    return this.#overloaded('The server is shutting down.', undefined);
  }

  /** Says when to come back by how many go before one more request of this caller. */
  #overloaded(message: string, callerId: string | undefined): BackendError {
    const ahead = this.#queue.countBefore(callerId) + this.#running.size;
    const retryAfterMs = this.#serviceTime.estimateWaitMs(ahead, this.#facts?.slots ?? 1);
    return new BackendError('overloaded', message, { retryAfterMs });
  }
}
