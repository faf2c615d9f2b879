// Leaves a place that is too slow while nothing of its answer was sent, if another place can begin the request again.
import { BackendError } from '../backend/backend-error.ts';
import type { GenerationEvent } from '../backend/generation-event.ts';
import type { Clock } from './clock.ts';
import type { Deployment } from './deployment.ts';

export interface SpeedWatch {
  /** Aborts when the place is left, and when the request's own signal does. */
  readonly signal: AbortSignal;
  note(event: GenerationEvent): void;
  stop(): void;
}

interface WatchParts {
  readonly isHeld: boolean;
  readonly mayMove: () => boolean;
  readonly clock: Clock;
}

/** How long an answer is measured before it is called slow, and between two looks, in milliseconds. */
const measureMs = 2_000;
const lookMs = 500;

export function createSpeedWatch(
  { firstTokenMs, tokensPerSecondMin }: Deployment,
  { isHeld, mayMove, clock }: WatchParts,
  signal: AbortSignal,
): SpeedWatch {
  const leastSpeed = isHeld ? tokensPerSecondMin : undefined;
  if (firstTokenMs === undefined && leastSpeed === undefined) {
    return { signal, note: () => {}, stop: () => {} };
  }
  const controller = new AbortController();
  const follow = () => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  let tokens = 0;
  let firstAtMs: number | undefined;
  let cancelTimer = () => {};
  const look = (isSlow: () => boolean, delayMs: number) => {
    cancelTimer = clock.setTimer(() => {
      if (isSlow() && mayMove()) controller.abort(createSlowError());
      else look(isSlow, lookMs);
    }, delayMs);
  };
  const isTooSlow = () => {
    const elapsedMs = clock.nowMs() - (firstAtMs ?? clock.nowMs());
    return elapsedMs >= measureMs && (tokens * 1000) / elapsedMs < (leastSpeed ?? 0);
  };
  if (firstTokenMs !== undefined) look(() => firstAtMs === undefined, firstTokenMs);
  return {
    signal: controller.signal,
    note: (event) => {
      if (event.type === 'started' || event.type === 'echo' || event.type === 'finish') return;
      tokens = event.soFar?.completionTokens ?? tokens + 1;
      if (firstAtMs !== undefined) return;
      firstAtMs = clock.nowMs();
      cancelTimer();
      if (leastSpeed !== undefined) look(isTooSlow, measureMs);
    },
    stop: () => {
      cancelTimer();
    },
  };
}

function createSlowError(): BackendError {
  return new BackendError('timeout', 'The deployment was too slow.', { isRetryable: true });
}
