import { setMaxListeners } from 'node:events';
import { BackendError } from '../backend/backend-error.ts';

/** Aborts when the time of a request is over. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  /** Aborts at once, for another reason. */
  abort(reason: unknown): void;
  clear(): void;
}

/**
 * Maximum listeners per request, because each choice listens in a few places. Node warns above its default.
 */
const listenersMax = 100;

export function createTimeLimit(limitMs: number): TimeLimit {
  const controller = new AbortController();
  setMaxListeners(listenersMax, controller.signal);
  const timer = setTimeout(() => {
    controller.abort(new BackendError('timeout', `The request took longer than ${limitMs / 1000} seconds.`));
  }, limitMs);
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    clear: () => clearTimeout(timer),
  };
}

/**
 * Resolves like `work`, or rejects with the signal's reason as soon as it aborts. For work that takes no
 * signal.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stopWaiting = () => {};
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    stopWaiting = () => signal.removeEventListener('abort', abort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stopWaiting();
  }
}
