import { BackendError } from '../backend/backend-error.ts';

/** The requests that wait for one load. All get the same outcome; each may leave earlier. */
export interface LoadWaiters<Outcome> {
  readonly size: number;
  /**
   * Rejects with the signal's reason, with `model_loading` after `waitMsMax`, or with the error given to
   * `reject`.
   */
  wait(signal: AbortSignal): Promise<Outcome>;
  /** Ignores the limits of requests and waits as long as the load takes. */
  waitForLoad(signal: AbortSignal): Promise<Outcome>;
  /** Settles every waiter. */
  resolve(makeOutcome: () => Outcome): void;
  reject(error: unknown): void;
}

export interface WaitLimits {
  /** Maximum number of requests that wait for one model. */
  readonly waitersMax: number;
  /** Maximum wait of a request, in milliseconds. */
  readonly queueWaitMsMax: number;
  /** The retry delay after that, in milliseconds. */
  readonly retryAfterMs: number;
}

interface Waiter<Outcome> {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

export function createLoadWaiters<Outcome>(limits: WaitLimits): LoadWaiters<Outcome> {
  const waiters = new Set<Waiter<Outcome>>();

  /** Remove a waiter before settling it, so that no lease goes to a caller that left. */
  function wait(signal: AbortSignal, waitMsMax: number | undefined): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
        waiters.delete(waiter);
      };
      const waiter: Waiter<Outcome> = {
        resolve: (outcome) => {
          end();
          resolve(outcome);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      const leave = () => waiter.reject(signal.reason);
      const timer =
        waitMsMax === undefined
          ? undefined
          : setTimeout(() => waiter.reject(createLoadingError(limits)), waitMsMax);
      signal.addEventListener('abort', leave, { once: true });
      waiters.add(waiter);
    });
  }

  return {
    get size() {
      return waiters.size;
    },
    wait: async (signal) => {
      if (waiters.size >= limits.waitersMax) throw createTooManyError(limits);
      return wait(signal, limits.queueWaitMsMax);
    },
    waitForLoad: (signal) => wait(signal, undefined),
    resolve: (makeOutcome) => {
      for (const waiter of [...waiters]) waiter.resolve(makeOutcome());
    },
    reject: (error) => {
      for (const waiter of [...waiters]) waiter.reject(error);
    },
  };
}

function createLoadingError({ retryAfterMs }: WaitLimits): BackendError {
  return new BackendError('model_loading', 'The model is still loading; try again later.', { retryAfterMs });
}

function createTooManyError({ retryAfterMs }: WaitLimits): BackendError {
  return new BackendError('overloaded', 'The server is busy: too many requests wait for this model.', {
    retryAfterMs,
  });
}
