// How many threads a step uses.
//
// The threads of one decode meet at a barrier hundreds of times for each token, and wait there by spinning. While
// the machine is ours that is fastest; but when another program takes one of the cores, every barrier waits for a
// thread that is not running. Measured on two cores with two busy neighbours: 400 to 2,000 ms a token with two
// threads, 16 to 27 ms with one (8 and 15 ms on the quiet machine). So the governor knows what a step costs with
// all threads, half of them, a quarter and so on down to one, runs with what is cheapest now, and looks from time
// to time whether more threads pay again.

export interface ThreadGovernor {
  /** Threads for the next step. */
  threads(): number;
  /** Tells what a step with that many threads cost. */
  record(step: StepCost): void;
}

export interface StepCost {
  readonly tokens: number;
  readonly elapsedMs: number;
  readonly nowMs: number;
}

/** Costs measured while nothing else is decoded, one for each level of `threadLevels`, in milliseconds a step of one token. */
export type WarmUpCosts = readonly number[];

/** More threads must cost this many times what fewer do before they are given up: costs vary by themselves. */
const patience = 1.3;
/** Steps at a level before its cost counts as known. */
const stepsMin = 3;
/** Weight of the newest step. */
const newest = 0.34;
/** First pause before more threads are tried again, in milliseconds; doubles with each vain try. */
const retryMsMin = 2000;
const retryMsMax = 60_000;

/** All threads, half of them, and so on down to one. */
export function threadLevels(threadsMax: number): number[] {
  const levels = [threadsMax];
  for (let threads = threadsMax; threads > 1; ) {
    threads = Math.floor(threads / 2);
    levels.push(threads);
  }
  return levels;
}

export function createThreadGovernor(threadsMax: number, warmUp: WarmUpCosts): ThreadGovernor {
  const levels = threadLevels(threadsMax);
  const costs = levels.map((_, level) => toUnitCost(1, warmUp[level] ?? 0));
  let level = 0;
  let steps = 0;
  let isTrial = false;
  let retryMs = retryMsMin;
  let retryAtMs = 0;

  const costOf = (at: number) => costs[at] ?? Number.POSITIVE_INFINITY;
  const moveTo = (next: number) => {
    level = next;
    steps = 0;
  };
  const endTrial = (nowMs: number) => {
    isTrial = false;
    if (costOf(level) <= costOf(level + 1)) {
      retryMs = retryMsMin;
      return;
    }
    moveTo(level + 1);
    retryMs = Math.min(retryMs * 2, retryMsMax);
    retryAtMs = nowMs + retryMs;
  };

  return {
    threads: () => levels[level] ?? 1,
    record: ({ tokens, elapsedMs, nowMs }) => {
      const cost = toUnitCost(tokens, elapsedMs);
      steps += 1;
      // The first step at a level replaces what was known of it: that may be a minute old.
      costs[level] = steps === 1 ? cost : costOf(level) + (cost - costOf(level)) * newest;
      if (isTrial) {
        endTrial(nowMs);
      } else if (
        steps >= stepsMin &&
        level + 1 < levels.length &&
        costOf(level) > costOf(level + 1) * patience
      ) {
        moveTo(level + 1);
        retryAtMs = nowMs + retryMs;
      } else if (level > 0 && nowMs >= retryAtMs && steps >= stepsMin) {
        moveTo(level - 1);
        isTrial = true;
      }
    },
  };
}

/** A step has a fixed cost, about that of one token more; so steps of any size can be compared. */
function toUnitCost(tokens: number, elapsedMs: number): number {
  return elapsedMs / (tokens + 1);
}
