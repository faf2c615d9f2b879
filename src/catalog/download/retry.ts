import { setTimeout as sleep } from 'node:timers/promises';
import { SourceError } from '../pull-error.ts';
import { TransientFailure } from './http-answer.ts';
import type { HttpLimits } from './http-limits.ts';

export interface Retried<T> {
  readonly attempt: () => Promise<T>;
  /** Bytes that all attempts have brought so far. */
  readonly broughtBytes: () => number;
  readonly signal: AbortSignal;
  readonly limits: HttpLimits;
}

/**
 * Attempts until one succeeds, with a growing pause after each passing failure. Failures that follow progress
 * are not counted against the server.
 * @throws SourceError after the last attempt; at once what is no passing failure, or the signal's reason
 */
export async function retry<T>({ attempt, broughtBytes, signal, limits }: Retried<T>): Promise<T> {
  let failedAttempts = 0;
  for (;;) {
    const bytesBefore = broughtBytes();
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TransientFailure)) throw error;
      const hasProgress = broughtBytes() - bytesBefore >= limits.progressBytesMin;
      failedAttempts = hasProgress ? 1 : failedAttempts + 1;
      const isLast = failedAttempts >= limits.attemptsMax;
      const asksTooMuch = (error.retryAfterMs ?? 0) > limits.retryAfterMsMax;
      if (isLast || asksTooMuch) throw new SourceError(error.message, error.remedy, error);
      const backoffMs = Math.min(limits.backoffMs * 2 ** (failedAttempts - 1), limits.backoffMsMax);
      await sleep(error.retryAfterMs ?? backoffMs, undefined, { signal });
    }
  }
}
