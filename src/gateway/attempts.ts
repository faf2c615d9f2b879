// Sends one request to places until one of them serves it, or until trying again makes no sense. `work` decides what
// "served" means: for an answer it is the first content, after which nothing is tried again.
import { BackendError, type BackendErrorCode } from '../backend/backend-error.ts';
import type { Clock } from './clock.ts';
import type { CompositePolicy } from './composite-policy.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { Place } from './roster.ts';
import type { Seat, Seats, SeatWish } from './seats.ts';

export interface AttemptParts {
  readonly seats: Seats;
  readonly budget: RetryBudget;
  readonly policy: CompositePolicy;
  readonly clock: Clock;
}

/** A request under way. */
export interface Call extends SeatWish {
  readonly avoided: Set<Place>;
  readonly signal: AbortSignal;
}

/**
 * @param mayMove whether another place could begin the request again now
 * @returns what serves the request. It releases its seat itself, when the place holds nothing for the request anymore.
 */
export type Work<Answer> = (seat: Seat, mayMove: () => boolean) => Promise<Answer>;

/** The place refused the request because of its load, and would serve it at another time. */
const loadCodes: ReadonlySet<BackendErrorCode> = new Set(['overloaded', 'rate_limited', 'model_loading']);

/** The same place would fail the same request again, or take as long. */
const elsewhereCodes: ReadonlySet<BackendErrorCode> = new Set([
  'timeout',
  'engine_crashed',
  'insufficient_memory',
  'model_unavailable',
]);

export async function tryPlaces<Answer>(
  call: Call,
  work: Work<Answer>,
  parts: AttemptParts,
): Promise<Answer> {
  const { seats, budget, policy } = parts;
  const { signal, avoided } = call;
  signal.throwIfAborted();
  budget.noteRequest();
  let seat = seats.take(call, false) ?? (await seats.wait(call, signal));
  let lostServers = 0;
  for (let number = 1; ; number += 1) {
    const { place } = seat;
    const mayMove = () =>
      number < policy.attemptsMax && seats.has({ ...call, avoided: new Set([...avoided, place]) });
    try {
      return await work(seat, mayMove);
    } catch (error) {
      if (error instanceof BackendError && error.isServerLost) lostServers += 1;
      const isFinal =
        noteFailure(seat, error, signal.aborted, parts) ||
        number >= policy.attemptsMax ||
        lostServers >= policy.lostServersMax;
      // A place that gets nothing more can't be overrun by attempts that leave it.
      if (isFinal || !(place.breaker.isOpen || budget.take())) throw error;
      avoided.add(place);
      seat = seats.take(call, true) ?? (await returnTo(seat, error, number, call, parts));
    }
  }
}

/** No other place can take the request now: it waits for one that it has tried already. */
async function returnTo(
  { entry, place }: Seat,
  error: unknown,
  number: number,
  call: Call,
  { seats, policy, clock }: AttemptParts,
): Promise<Seat> {
  const { code, retryAfterMs, isAccessRefused } = error instanceof BackendError ? error : { code: undefined };
  const isLoad = code !== undefined && loadCodes.has(code);
  const waitMsMax = Math.min(policy.retryAfterMsMax, call.waitLeftMs);
  const isHopeless =
    isAccessRefused === true ||
    (code !== undefined && elsewhereCodes.has(code)) ||
    (isLoad && (entry.deployment.mode === 'router' || (retryAfterMs ?? 0) > waitMsMax));
  if (isHopeless) throw error;
  call.avoided.clear();
  if (!isLoad) await pause(toDelayMs(number, policy, clock), call.signal, clock);
  const seat = seats.take(call, true);
  if (seat !== undefined) return seat;
  // One that answers with failures stays broken for longer than a client waits; one that is gone may come back.
  if (!isLoad && place.backend.state() !== 'failed') throw error;
  return seats.wait(call, call.signal).catch((refusal: unknown) => {
    throw refusal instanceof BackendError ? toCausedError(refusal, error) : refusal;
  });
}

function toCausedError({ code, sentence, retryAfterMs }: BackendError, cause: unknown): BackendError {
  return new BackendError(code, sentence, { cause, retryAfterMs });
}

/**
 * Tells the place what the failure says of it. True: no other place would do better.
 *
 * @param hasLeft who asked did not wait for the end
 */
export function noteFailure(
  seat: Seat,
  error: unknown,
  hasLeft: boolean,
  parts: Pick<AttemptParts, 'policy' | 'clock'>,
): boolean {
  if (hasLeft || !(error instanceof BackendError)) {
    seat.forgive();
    return true;
  }
  const { code, isRetryable, retryAfterMs } = error;
  // It answers, and found a fault of the request's.
  if (!isRetryable) seat.succeed();
  else if (!loadCodes.has(code)) seat.fail(error);
  else if (seat.entry.deployment.mode !== 'router') seat.refuse(toRestMs(retryAfterMs, parts));
  // A router knows which of its places have room for the next request.
  else if (isBusyRouter(seat, error)) seat.forgive();
  else seat.fail(error);
  return !isRetryable;
}

/** It refuses a request because of its load, and answers others. */
export function isBusyRouter({ entry, place }: Seat, error: unknown): boolean {
  return (
    entry.deployment.mode === 'router' &&
    error instanceof BackendError &&
    loadCodes.has(error.code) &&
    (error.code === 'rate_limited' || place.serving > 0)
  );
}

/** Without a `Retry-After`, in milliseconds. */
const restMs = 1_000;
/** A place that rests is not rushed by all requests in the same moment. */
const jitterMax = 0.2;

function toRestMs(
  retryAfterMs: number | undefined,
  { policy, clock }: Pick<AttemptParts, 'policy' | 'clock'>,
): number {
  const askedMs = Math.min(retryAfterMs ?? restMs, policy.retryAfterMsMax);
  return askedMs * (1 + jitterMax * clock.random());
}

/** Half of it at least, so that a place has time, and the rest by chance. */
function toDelayMs(number: number, { retryDelayMs, retryDelayMsMax }: CompositePolicy, clock: Clock): number {
  const delayMs = Math.min(retryDelayMs * 2 ** (number - 1), retryDelayMsMax);
  return delayMs * (0.5 + 0.5 * clock.random());
}

function pause(delayMs: number, signal: AbortSignal, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopTimer = clock.setTimer(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, delayMs);
    const abort = () => {
      stopTimer();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
}
