import type { Worker } from 'node:worker_threads';
import { BackendError } from '../backend/backend-error.ts';
import { startGrammarThread } from './start-grammar-thread.ts';
import { readProcessorMs } from './thread-processor-time.ts';
import type { WorkerAnswer, WorkerRequest, WorkerTask } from './worker-message.ts';

export interface TaskRunnerOptions {
  readonly waitingMax: number;
  /** Milliseconds that a task may wait before it runs; the start of the thread does not count. */
  readonly waitMsMax: number;
  readonly memoryMbMax: number;
}

/** Milliseconds that a thread may take to start. From source, tsx compiles it first. */
const startMsMax = 20_000;

/**
 * Milliseconds on the clock for each of processor time, after which a task ends all the same: the machine may be so busy
 * that it hardly runs.
 */
const wallFactor = 20;

/** Milliseconds between two looks at the processor time of a task that has had its limit on the clock. */
const lookMsMin = 20;

/** How a task ended: with the thread's answer, or with the end of the thread. */
export type TaskOutcome =
  | Exclude<WorkerAnswer, { type: 'ready' }>
  | { readonly type: 'too-slow' }
  | { readonly type: 'out-of-memory' };

interface Job {
  readonly task: WorkerTask;
  /** In processor time if available, otherwise on the clock. */
  readonly limitMs: number;
  readonly resolve: (outcome: TaskOutcome) => void;
  readonly reject: (reason: unknown) => void;
  isRetried: boolean;
  waitTimer: NodeJS.Timeout | undefined;
}

interface Thread {
  readonly worker: Worker;
  isReady: boolean;
  osThreadId: number | undefined;
  tasksDone: number;
  /** Keys whose checks it holds. */
  readonly keys: Set<string>;
}

/**
 * Runs tasks in one thread, one after another. The queue is on this side: when a task is too slow or too large, the
 * thread ends with it, and the tasks that wait never notice. The thread starts with the first task.
 */
export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  readonly #waiting: Job[] = [];
  readonly #starting: (() => void)[] = [];
  #running: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #thread: Thread | undefined;
  #isClosed = false;

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
  }

  /** Rejects with `BackendError` `overloaded` when too many wait, when it waited too long, or when the runner is closed. */
  run(task: WorkerTask, limitMs: number): Promise<TaskOutcome> {
    if (this.#isClosed) {
      return Promise.reject(createClosedError());
    }
    if (this.#waiting.length >= this.#options.waitingMax) {
      const reason = 'Too many schemas are waiting to be compiled or checked. Try again later.';
      return Promise.reject(createOverloadedError(reason, this.#options.waitMsMax));
    }
    return new Promise((resolve, reject) => {
      const job: Job = { task, limitMs, resolve, reject, isRetried: false, waitTimer: undefined };
      this.#enqueue(job);
      this.#next();
      this.#watchWaiting();
    });
  }

  /** Resolves when a thread runs, also where it could not be started. */
  async whenStarted(): Promise<void> {
    if (this.#thread === undefined || this.#thread.isReady) return;
    await new Promise<void>((resolve) => this.#starting.push(resolve));
  }

  /** The check of this key will not be needed again. */
  forget(key: string): void {
    if (this.#thread?.keys.delete(key) === true) {
      this.#thread.worker.postMessage({ type: 'forget', key } satisfies WorkerRequest);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const unfinished = [this.#running, ...this.#waiting.splice(0)];
    this.#running = undefined;
    const worker = this.#dropThread();
    for (const job of unfinished) {
      clearTimeout(job?.waitTimer);
      job?.reject(createClosedError());
    }
    await worker?.terminate();
  }

  /** Checks come before schemas: the answers are made, and their clients have waited. */
  #enqueue(job: Job): void {
    const firstCompile = this.#waiting.findIndex(({ task }) => task.type === 'compile');
    if (job.task.type === 'compile' || firstCompile === -1) this.#waiting.push(job);
    else this.#waiting.splice(firstCompile, 0, job);
  }

  /** Starts the time limits of tasks without one, once a thread runs. */
  #watchWaiting(): void {
    if (this.#thread?.isReady !== true) return;
    for (const job of this.#waiting) {
      job.waitTimer ??= setTimeout(() => {
        const place = this.#waiting.indexOf(job);
        if (place === -1) return;
        this.#waiting.splice(place, 1);
        job.reject(createLateError(this.#options.waitMsMax));
      }, this.#options.waitMsMax);
    }
  }

  #next(): void {
    if (this.#running !== undefined) {
      return;
    }
    const job = this.#waiting.shift();
    if (job === undefined) {
      // An idle thread keeps no process alive.
      this.#thread?.worker.unref();
      return;
    }
    clearTimeout(job.waitTimer);
    this.#running = job;
    this.#thread ??= this.#startThread();
    this.#thread.worker.ref();
    if (this.#thread.isReady) {
      this.#send(job, this.#thread);
    }
  }

  #send({ task, limitMs }: Job, thread: Thread): void {
    const isKnown = task.type === 'check' && thread.keys.has(task.key);
    const request: WorkerRequest = isKnown ? { ...task, formatText: undefined } : task;
    // The time of the start is not the task's.
    this.#limit(limitMs, thread);
    thread.worker.postMessage(request);
  }

  /**
   * Ends the running task when its thread has used this much processor time, or when it took far too long.
   */
  #limit(limitMs: number, { osThreadId }: Thread): void {
    const readMs = () => (osThreadId === undefined ? undefined : readProcessorMs(osThreadId));
    const startedMs = performance.now();
    const usedMsBefore = readMs();
    const look = () => {
      const usedMs = readMs();
      const isReported = usedMs !== undefined && usedMsBefore !== undefined;
      const leftMs = isReported ? limitMs - (usedMs - usedMsBefore) : 0;
      if (leftMs <= 0 || performance.now() - startedMs >= wallFactor * limitMs)
        this.#lose({ type: 'too-slow' });
      else this.#timer = setTimeout(look, Math.max(leftMs, lookMsMin));
    };
    this.#timer = setTimeout(look, limitMs);
  }

  #startThread(): Thread {
    const worker = startGrammarThread(this.#options.memoryMbMax);
    const thread: Thread = {
      worker,
      isReady: false,
      osThreadId: undefined,
      tasksDone: 0,
      keys: new Set<string>(),
    };
    this.#timer = setTimeout(
      () => this.#lose({ type: 'failed', message: 'The grammar thread did not start in time.' }),
      startMsMax,
    );
    const isCurrent = () => this.#thread === thread;
    worker.on('message', (answer: WorkerAnswer) => {
      if (isCurrent()) {
        this.#take(answer, thread);
      }
    });
    worker.on('error', (error) => {
      if (isCurrent()) {
        this.#fail(error, thread);
      }
    });
    worker.on('exit', (code) => {
      if (isCurrent()) {
        this.#lose({ type: 'failed', message: `The grammar thread ended with exit code ${code}.` });
      }
    });
    return thread;
  }

  #take(answer: WorkerAnswer, thread: Thread): void {
    const job = this.#running;
    if (answer.type === 'ready') {
      clearTimeout(this.#timer);
      thread.isReady = true;
      thread.osThreadId = answer.osThreadId;
      this.#reportStarted();
      this.#watchWaiting();
      if (job !== undefined) {
        this.#send(job, thread);
      }
      return;
    }
    clearTimeout(this.#timer);
    this.#running = undefined;
    thread.tasksDone += 1;
    if (job !== undefined && (answer.type === 'compiled' || answer.type === 'checked')) {
      thread.keys.add(job.task.key);
    }
    job?.resolve(answer);
    this.#next();
  }

  #fail(error: unknown, thread: Thread): void {
    if (!isOutOfMemory(error)) {
      this.#lose({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
      return;
    }
    const job = this.#running;
    // The checks of others may have filled the memory: a task has it once for itself before it is at fault.
    if (job !== undefined && !job.isRetried && thread.tasksDone > 0) {
      job.isRetried = true;
      this.#waiting.unshift(job);
      this.#running = undefined;
    }
    this.#lose({ type: 'out-of-memory' });
  }

  /** The thread is at its end, and the running task with it. */
  #lose(outcome: TaskOutcome): void {
    const job = this.#running;
    this.#running = undefined;
    const worker = this.#dropThread();
    worker?.terminate().catch(() => {});
    job?.resolve(outcome);
    this.#next();
  }

  #reportStarted(): void {
    for (const resolve of this.#starting.splice(0)) resolve();
  }

  #dropThread(): Worker | undefined {
    this.#reportStarted();
    clearTimeout(this.#timer);
    const worker = this.#thread?.worker;
    this.#thread = undefined;
    return worker;
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function createClosedError(): BackendError {
  return new BackendError('overloaded', 'The server is shutting down.');
}

/** Gives up a waiting task after `waitMsMax`. */
export function createLateError(waitMsMax: number): BackendError {
  const reason = 'The machine is too busy to compile or check a schema in time. Try again later.';
  return createOverloadedError(reason, waitMsMax);
}

function createOverloadedError(reason: string, waitMsMax: number): BackendError {
  return new BackendError('overloaded', reason, { retryAfterMs: waitMsMax });
}
