// Keeps requests away from a place that fails. Closed, it counts failures in a row; at `failuresMax` it opens and lets
// nothing through for a cool-down. Then it lets one request through: its success closes the breaker, its failure begins a
// longer cool-down. Only a success counts as one: requests that their clients cancelled say nothing.
//
// A failure that the content of a request may have provoked says little about other requests. If such failures open the breaker,
// the one request that passes is a question of ours, at once and after each cool-down.
//
// A place that refuses requests because of its load is left alone as long as it asks for, and then gets one request as well.
import type { Clock } from './clock.ts';
import type { CompositePolicy } from './composite-policy.ts';

export interface CircuitBreaker {
  /** It is open because the place failed. */
  readonly isFailing: boolean;
  /** Nothing passes now, or one request alone. */
  readonly isOpen: boolean;
  /** The next request that passes has to be a question of ours, and may pass now. */
  readonly wantsQuestion: boolean;
  /** 0: a request may pass now; infinite: one is being tried, and its end decides. */
  msUntilPass(): number;
  /** Lets a request through that may pass. */
  pass(): BreakerPass;
  /**
   * What a health check says of the place. One that had failed and is well again gets the next request at once, up to
   * `earlyTrialsMax` times before the breaker closes: a place may answer health checks and still fail requests.
   */
  noteHealth(isFailed: boolean): void;
}

/** One request that was let through. Only the first word about it counts. */
export interface BreakerPass {
  succeed(): void;
  /** @param mayBeProvoked by the content of the request */
  fail(mayBeProvoked: boolean): void;
  /**
   * The place refused it because of its load.
   * @param isServing it serves other requests, so it is alive, however busy
   */
  refuse(restMs: number, isServing: boolean): void;
  /** It ended and says nothing about the place. */
  release(): void;
}

const earlyTrialsMax = 2;

type BreakerLimits = Pick<CompositePolicy, 'failuresMax' | 'coolDownMs' | 'coolDownFactor' | 'coolDownMsMax'>;

export function createCircuitBreaker(limits: BreakerLimits, clock: Clock): CircuitBreaker {
  const { failuresMax, coolDownFactor, coolDownMsMax } = limits;
  let failures = 0;
  let coolDownMs = limits.coolDownMs;
  /** undefined: closed. */
  let openUntilMs: number | undefined;
  let trial: BreakerPass | undefined;
  let wasFailed = false;
  let isFailing = false;
  /** What opened it may have been provoked. */
  let isDoubtful = false;
  let earlyTrials = 0;

  const close = () => {
    failures = 0;
    openUntilMs = undefined;
    trial = undefined;
    coolDownMs = limits.coolDownMs;
    earlyTrials = 0;
    isFailing = false;
    isDoubtful = false;
  };
  const openFor = (restMs: number) => {
    openUntilMs = Math.max(openUntilMs ?? 0, clock.nowMs() + restMs);
  };
  const open = (mayBeProvoked: boolean) => {
    // A doubt that is new is settled at once. The question counts as the try after the first cool-down.
    openFor(mayBeProvoked && !isDoubtful ? 0 : coolDownMs);
    isDoubtful = mayBeProvoked;
    trial = undefined;
    coolDownMs = Math.min(coolDownMs * coolDownFactor, coolDownMsMax);
    wasFailed = false;
    isFailing = true;
  };
  const noteFailure = (pass: BreakerPass, mayBeProvoked: boolean) => {
    if (trial === pass) return open(mayBeProvoked);
    // Requests that were under way when it opened fail as well, and say nothing new.
    if (openUntilMs !== undefined) return;
    failures += 1;
    if (failures >= failuresMax) open(mayBeProvoked);
  };
  const noteRefusal = (pass: BreakerPass, restMs: number, isServing: boolean) => {
    const wasTrial = trial === pass;
    openFor(restMs);
    if (!wasTrial) return;
    trial = undefined;
    if (!isServing) open(false);
  };
  const msUntilPass = () => {
    if (openUntilMs === undefined) return 0;
    return trial === undefined ? Math.max(0, openUntilMs - clock.nowMs()) : Number.POSITIVE_INFINITY;
  };
  return {
    get isFailing() {
      return isFailing;
    },
    get isOpen() {
      return openUntilMs !== undefined;
    },
    get wantsQuestion() {
      return isDoubtful && msUntilPass() === 0;
    },
    msUntilPass,
    pass: () => {
      let hasEnded = false;
      const once = (end: () => void) => () => {
        if (!hasEnded) end();
        hasEnded = true;
      };
      const pass: BreakerPass = {
        succeed: once(() => {
          failures = 0;
          // The answer to an earlier request does not end a rest that the place asked for.
          if (isFailing || trial === pass) close();
        }),
        fail: (mayBeProvoked) => once(() => noteFailure(pass, mayBeProvoked))(),
        refuse: (restMs, isServing) => once(() => noteRefusal(pass, restMs, isServing))(),
        release: once(() => {
          if (trial === pass) trial = undefined;
        }),
      };
      if (openUntilMs !== undefined) trial = pass;
      return pass;
    },
    noteHealth: (isFailed) => {
      if (openUntilMs === undefined) return;
      if (isFailed) wasFailed = true;
      else if (wasFailed && trial === undefined && earlyTrials < earlyTrialsMax) {
        openUntilMs = clock.nowMs();
        wasFailed = false;
        earlyTrials += 1;
      }
    },
  };
}
