// Tasks of the engine process that need no slot: one question, one answer. They wait for a model that is
// still loading, like generations do, and fail if the process crashes.
import { BackendError } from '../backend/backend-error.ts';
import { createDeferred, type Deferred } from './deferred.ts';
import { type EngineCommand, type EngineProgress, toBackendError } from './engine-message.ts';
import type { EngineLimits } from './engine-options.ts';
import type { EngineTask, EngineTaskAnswer, EngineTaskAnswers } from './engine-task.ts';

export interface EngineTasks {
  /** Accepted tasks that are not finished. */
  readonly size: number;
  run<Task extends EngineTask>(task: Task, signal: AbortSignal): Promise<EngineTaskAnswers[Task['kind']]>;
  /** Handles a message about a task. Returns false for other messages. */
  take(item: EngineProgress): boolean;
  /** The process can take tasks from now on. */
  becomeReady(): void;
  /** The process is gone, and with it all that it had. */
  failSent(error: BackendError): void;
  failAll(error: BackendError): void;
}

export interface EngineTasksParts {
  /** `queueLengthMax` tasks may be under way, at least `tasksMin`; and one may wait for the model for `queueWaitMsMax`. */
  readonly limits: Pick<EngineLimits, 'queueLengthMax' | 'queueWaitMsMax' | 'restartDelayMsMax'>;
  readonly isReady: () => boolean;
  readonly send: (command: EngineCommand) => void;
  readonly onIdle: () => void;
  readonly createOverloadedError: (message: string) => BackendError;
}

interface PendingTask {
  readonly task: EngineTask;
  readonly answer: Deferred<EngineTaskAnswer>;
  isSent: boolean;
}

export function createEngineTasks(parts: EngineTasksParts): EngineTasks {
  return new PendingEngineTasks(parts);
}

/** Tasks take no slot and don't wait, so they work even if no request may wait for a slot. */
const tasksMin = 4;

class PendingEngineTasks implements EngineTasks {
  readonly #parts: EngineTasksParts;
  readonly #pending = new Map<string, PendingTask>();
  #serial = 0;

  constructor(parts: EngineTasksParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#pending.size;
  }

  async run<Task extends EngineTask>(
    task: Task,
    signal: AbortSignal,
  ): Promise<EngineTaskAnswers[Task['kind']]> {
    signal.throwIfAborted();
    const { limits, isReady, send, createOverloadedError } = this.#parts;
    if (this.#pending.size >= Math.max(limits.queueLengthMax, tasksMin)) {
      throw createOverloadedError('The server is busy: its queue is full.');
    }
    this.#serial += 1;
    const id = `task-${this.#serial}`;
    const pending: PendingTask = { task, answer: createDeferred(), isSent: false };
    this.#pending.set(id, pending);
    const abort = () => {
      if (pending.isSent) send({ type: 'cancel', id });
      pending.answer.reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    const timer = setTimeout(() => this.#giveUpWaiting(pending), limits.queueWaitMsMax);
    if (isReady()) {
      this.#send(id, pending);
    }
    try {
      // Which answer belongs to which task is known to the process and to the type of this method.
      return (await pending.answer.promise) as EngineTaskAnswers[Task['kind']];
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      this.#pending.delete(id);
      if (this.#pending.size === 0) {
        this.#parts.onIdle();
      }
    }
  }

  take(item: EngineProgress): boolean {
    const pending = this.#pending.get(item.id);
    if (item.type === 'answered') {
      pending?.answer.resolve(item.answer);
      return true;
    }
    if (item.type === 'failed' && pending !== undefined) {
      pending.answer.reject(toBackendError(item.failure));
      return true;
    }
    return false;
  }

  becomeReady(): void {
    for (const [id, pending] of this.#pending) {
      if (!pending.isSent) {
        this.#send(id, pending);
      }
    }
  }

  failSent(error: BackendError): void {
    for (const { isSent, answer } of this.#pending.values()) {
      if (isSent) answer.reject(error);
    }
  }

  failAll(error: BackendError): void {
    for (const { answer } of this.#pending.values()) answer.reject(error);
  }

  #send(id: string, pending: PendingTask): void {
    pending.isSent = true;
    this.#parts.send({ type: 'task', id, task: pending.task });
  }

  #giveUpWaiting(pending: PendingTask): void {
    if (!pending.isSent) {
      const { restartDelayMsMax: retryAfterMs } = this.#parts.limits;
      pending.answer.reject(
        new BackendError('model_loading', 'The model is still loading; try again later.', { retryAfterMs }),
      );
    }
  }
}
