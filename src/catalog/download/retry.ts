import { setTimeout as sleep } from 'node:timers/promises';
import { SourceError } from '../pull-error.ts';
import { TransientFailure } from './http-answer.ts';
import type { HttpLimits } from './http-limits.ts';

export interface Retried<T> {
  readonly attempt: () => Promise<T>;
  /** Bytes received by all attempts so far. */
  readonly broughtBytes: () => number;
  readonly signal: AbortSignal;
  readonly limits: HttpLimits;
}

/**
 * Retries until an attempt succeeds, with a growing pause after each transient failure. Failures after
 * progress don't count.
 * @throws SourceError after the last attempt; other errors and the signal's reason immediately
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
