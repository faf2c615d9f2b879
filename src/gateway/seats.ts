// Requests get a seat at a place before they are sent there. Where no place can take them, they wait in one queue, in which
// callers take turns; a request that only a full deployment can serve holds up no other.
import { BackendError } from '../backend/backend-error.ts';
import { createFairQueue } from '../queueing/fair-queue.ts';
import { createServiceTime } from '../queueing/service-time.ts';
import { type ChosenPlace, choosePlace, hasRoom, type PlaceWish } from './choose-place.ts';
import type { Clock } from './clock.ts';
import type { CompositePolicy } from './composite-policy.ts';
import { countRunning, type Entry, type Place, type Roster } from './roster.ts';

/** A request, as the queue sees it. */
export interface SeatWish extends PlaceWish {
  readonly callerId: string | undefined;
  /** How long it may wait for a seat, in milliseconds; less after each wait. */
  waitLeftMs: number;
}

/** Room for one request at a place. */
export interface Seat extends ChosenPlace {
  /** Its answer has begun. Of these words about the place only the first one counts. */
  succeed(): void;
  fail(error: BackendError): void;
  /** The place refused it because of its load, and wants to be left alone for so long. */
  refuse(restMs: number): void;
  /** It ended and says nothing about the place. */
  forgive(): void;
  /** The place holds nothing for the request anymore. Only the first time counts. */
  release(): void;
}

interface Waiter {
  readonly wish: SeatWish;
  readonly sit: (chosen: ChosenPlace) => void;
  readonly refuse: (error: unknown) => void;
}

/** How often places are looked at while requests wait, in milliseconds: their health changes by itself. */
const lookMs = 250;

/** The least `Retry-After` while no place is open. */
const retryAfterMsMin = 1_000;

const refusals = {
  full: 'The server is busy: its queue is full.',
  late: 'The server is busy: the request waited too long for its turn.',
} as const;

export class Seats {
  readonly #queue = createFairQueue<Waiter>();
  readonly #running = new Map<string | undefined, number>();
  readonly #serviceTime = createServiceTime();
  readonly #roster: Roster;
  readonly #policy: CompositePolicy;
  readonly #clock: Clock;
  readonly #askQuestion: (seat: Seat) => void;
  #stopLooking: (() => void) | undefined;
  #phase: 'open' | 'draining' | 'closed' = 'open';

  /** @param askQuestion sends a question of ours to a place whose breaker wants one */
  constructor(
    roster: Roster,
    policy: CompositePolicy,
    clock: Clock,
    askQuestion: (seat: Seat) => void = () => {},
  ) {
    this.#roster = roster;
    this.#policy = policy;
    this.#clock = clock;
    this.#askQuestion = askQuestion;
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** A seat that is free now. One that was not sent anywhere yet stands behind those that wait. */
  take(wish: SeatWish, isRetry: boolean): Seat | undefined {
    if (this.#queue.length > 0 && !isRetry) return undefined;
    const chosen = this.#choose(wish);
    return chosen && this.#sit(chosen, wish.callerId);
  }

  /** Whether `take` would find a seat for a retry. */
  has(wish: SeatWish): boolean {
    return this.#choose(wish) !== undefined;
  }

  /** Rejects with `overloaded` where its time is over, and with the signal's reason. */
  async wait(wish: SeatWish, signal: AbortSignal): Promise<Seat> {
    signal.throwIfAborted();
    if (this.#isRefused(wish)) throw createClosingError();
    // Health may have changed since the last look.
    this.dispatch();
    const refusal = this.#findAccessRefusal(wish);
    if (refusal !== undefined) throw refusal;
    this.#makeRoom(wish);
    const sinceMs = this.#clock.nowMs();
    let leave = () => {};
    try {
      return await new Promise<Seat>((resolve, reject) => {
        const waiter: Waiter = {
          wish,
          sit: (chosen) => resolve(this.#sit(chosen, wish.callerId)),
          // Out of the queue at once: a seat for a request that is gone would stay taken.
          refuse: (error) => {
            this.#queue.remove(waiter);
            reject(error);
          },
        };
        leave = this.#startLimits(waiter, signal);
        this.#queue.push(wish.callerId, waiter);
        this.dispatch();
      });
    } finally {
      leave();
      wish.waitLeftMs = Math.max(0, wish.waitLeftMs - (this.#clock.nowMs() - sinceMs));
      this.#look();
    }
  }

  /** Looks again whether requests that wait can be seated. */
  dispatch(): void {
    let chosen: ChosenPlace | undefined;
    const maySit = ({ wish }: Waiter) => {
      chosen = this.#choose(wish);
      return chosen !== undefined;
    };
    while (this.#queue.length > 0 && hasRoom(this.#roster.entries())) {
      const waiter = this.#queue.take((callerId) => this.#running.get(callerId) ?? 0, maySit);
      if (waiter === undefined || chosen === undefined) break;
      waiter.sit(chosen);
    }
    this.#look();
  }

  /** From now on only further choices of accepted requests are seated; the others that wait are refused. */
  drain(): void {
    this.#end('draining');
  }

  /** Nothing is seated anymore. */
  close(): void {
    this.#end('closed');
  }

  #choose(wish: SeatWish): ChosenPlace | undefined {
    if (this.#isRefused(wish)) return undefined;
    const entries = this.#roster.entries();
    this.#settleDoubts(entries);
    return choosePlace(entries, wish, this.#clock);
  }

  /** While a place is asked, no request passes its breaker. */
  #settleDoubts(entries: readonly Entry[]): void {
    for (const entry of entries) {
      for (const place of entry.places) {
        if (place.breaker.wantsQuestion) this.#askQuestion(this.#sit({ entry, place }, undefined));
      }
    }
  }

  /** Why no wait helps: every place that could serve the request is left alone because it refuses our access. */
  #findAccessRefusal({ isCapable }: SeatWish): BackendError | undefined {
    const places = this.#roster
      .entries()
      .filter(isCapable)
      .flatMap((entry) => entry.places);
    const isHopeless = ({ accessRefusal, breaker }: Place) =>
      accessRefusal !== undefined && breaker.msUntilPass() > 0;
    return places.every(isHopeless) ? places[0]?.accessRefusal : undefined;
  }

  #refuseHopeless(): void {
    const isHopeless = ({ wish }: Waiter) => this.#findAccessRefusal(wish) !== undefined;
    for (const { wish, refuse } of this.#queue.removeWhere(isHopeless)) refuse(this.#findAccessRefusal(wish));
  }

  #isRefused({ isFurtherChoice }: SeatWish): boolean {
    return this.#phase === 'closed' || (this.#phase === 'draining' && !isFurtherChoice);
  }

  #sit({ entry, place }: ChosenPlace, callerId: string | undefined): Seat {
    place.running += 1;
    this.#running.set(callerId, (this.#running.get(callerId) ?? 0) + 1);
    const satAtMs = this.#clock.nowMs();
    const pass = place.breaker.pass();
    let isServing = false;
    let isReleased = false;
    return {
      entry,
      place,
      succeed: () => {
        const wasOpen = place.breaker.isOpen;
        if (!isReleased && !isServing) place.serving += 1;
        isServing = true;
        place.accessRefusal = undefined;
        pass.succeed();
        if (wasOpen) this.dispatch();
      },
      fail: (error) => {
        place.accessRefusal = error.isAccessRefused ? error : undefined;
        pass.fail(error.mayBeProvoked);
        // A health check may have failed with the request, and be well again before the next one.
        place.breaker.noteHealth(place.backend.state() === 'failed');
        this.#refuseHopeless();
      },
      refuse: (restMs) => pass.refuse(restMs, place.serving > 0),
      forgive: pass.release,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        if (isServing) place.serving -= 1;
        this.#serviceTime.record(this.#clock.nowMs() - satAtMs);
        this.#countOut(callerId);
        this.#roster.leave(place);
        if (this.#queue.length > 0) this.dispatch();
      },
    };
  }

  #countOut(callerId: string | undefined): void {
    const left = (this.#running.get(callerId) ?? 1) - 1;
    if (left === 0) this.#running.delete(callerId);
    else this.#running.set(callerId, left);
  }

  /** Ends a wait with its signal, and with its time. Returns what takes both away. */
  #startLimits({ wish, refuse }: Waiter, signal: AbortSignal): () => void {
    const abort = () => refuse(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const giveUp = () => refuse(this.#createRefusal('late', wish.callerId));
    const stopTimer = wish.isFurtherChoice ? () => {} : this.#clock.setTimer(giveUp, wish.waitLeftMs);
    return () => {
      stopTimer();
      signal.removeEventListener('abort', abort);
    };
  }

  /** In a full queue the caller with the most requests gives up its newest one for a caller with fewer. */
  #makeRoom({ callerId, isFurtherChoice }: SeatWish): void {
    if (isFurtherChoice || this.#queue.length < this.#policy.queueLengthMax) return;
    const spared = this.#queue.findToSpare(callerId, ({ wish }) => !wish.isFurtherChoice);
    if (spared === undefined) throw this.#createRefusal('full', callerId);
    spared.refuse(this.#createRefusal('full', spared.wish.callerId));
  }

  #createRefusal(kind: keyof typeof refusals, callerId: string | undefined): BackendError {
    const entries = this.#roster.entries();
    const places = entries.flatMap((entry) => entry.places);
    const openMs = Math.min(...places.map(({ breaker }) => breaker.msUntilPass()));
    if (openMs > 0) {
      const retryAfterMs = Math.min(Math.max(openMs, retryAfterMsMin), this.#policy.coolDownMsMax);
      const sentence = 'No deployment of this model can be reached now; try again later.';
      return new BackendError('overloaded', sentence, { retryAfterMs });
    }
    const running = entries.reduce((sum, entry) => sum + countRunning(entry), 0);
    const ahead = this.#queue.countBefore(callerId) + running;
    const slots = entries.reduce(
      (sum, { deployment, places: own }) => sum + (deployment.requestsMax ?? own.length),
      0,
    );
    const retryAfterMs = this.#serviceTime.estimateWaitMs(ahead, slots);
    return new BackendError('overloaded', refusals[kind], { retryAfterMs });
  }

  #look(): void {
    if (this.#queue.length === 0) {
      this.#stopLooking?.();
      this.#stopLooking = undefined;
      return;
    }
    this.#stopLooking ??= this.#clock.setTimer(() => {
      this.#stopLooking = undefined;
      this.dispatch();
    }, lookMs);
  }

  #end(phase: 'draining' | 'closed'): void {
    this.#phase = phase;
    for (const waiter of this.#queue.removeWhere(({ wish }) => this.#isRefused(wish))) {
      waiter.refuse(createClosingError());
    }
    this.#look();
  }
}

function createClosingError(): BackendError {
  return new BackendError('overloaded', 'The server is shutting down.');
}
