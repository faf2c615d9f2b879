// Bounds further attempts by a share of the requests: where much fails, trying all of it again would make things worse.
import type { Clock } from './clock.ts';
import type { CompositePolicy } from './composite-policy.ts';

export interface RetryBudget {
  noteRequest(): void;
  /** Takes one further attempt out of the budget; false: it is spent. */
  take(): boolean;
}

/** In which `retriesMin` come back without a request. */
const refillMs = 10_000;

export function createRetryBudget(
  { retryShareMax, retriesMin }: Pick<CompositePolicy, 'retryShareMax' | 'retriesMin'>,
  clock: Clock,
): RetryBudget {
  let left = retriesMin;
  let filledAtMs = clock.nowMs();
  const add = (attempts: number) => {
    left = Math.min(retriesMin, left + attempts);
  };
  return {
    noteRequest: () => add(retryShareMax),
    take: () => {
      const nowMs = clock.nowMs();
      add(((nowMs - filledAtMs) / refillMs) * retriesMin);
      filledAtMs = nowMs;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
