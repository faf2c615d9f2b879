// How many threads a step uses.
//
// The threads of one decode meet at a barrier hundreds of times for each token, and wait there by spinning. While
// the machine is ours that is fastest; but when another program takes one of the cores, every barrier waits for a
// thread that is not running. Measured on two cores with two busy neighbours: 400 to 2,000 ms a token with two
// threads, 16 to 27 ms with one (8 and 15 ms on the quiet machine).
//
// Threads that spin never sleep: n of them that have n cores use n times the decode's time of processor time. What
// is missing of it is time in which a thread was ready and another program had its core. So the governor looks, for
// each window of steps, what was missing. Nothing: it uses all threads, and no cost makes it doubt that. Something:
// it tries half as many for a window, and keeps what is cheaper. With fewer threads it waits until none of them
// misses its core, and then tries more again.
import { createStepWindow, type StepCost, type StepCosts, type StepWindow } from './step-window.ts';

export interface ThreadGovernor {
  /** Threads for the next step. */
  threads(): number;
  /** Tells what a step with that many threads cost. */
  record(step: StepCost): void;
}

/** Steps are judged when they have taken this long together, in milliseconds: 25 tokens of a small model. */
const windowMsMin = 200;
/** So many threads without a core, on average, are contention. One busy neighbour on two cores makes it 0.5. */
const missingThreadsMin = 0.25;
/** Fewer threads are tried before their time when more cost this many times what they did. */
const patience = 1.3;
/** A step that costs this many times what it does with fewer threads ends the trial of more: it may take a second. */
const trialCostMax = 2;
/** First pause between two trials, in milliseconds; doubles with each vain one. */
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

export function createThreadGovernor(threadsMax: number): ThreadGovernor {
  const levels = threadLevels(threadsMax);
  /** What was last measured at each level. */
  const costs: StepCosts[] = levels.map(() => ({}));
  let level = 0;
  /** Where a trial came from; undefined: none runs. */
  let home: number | undefined;
  let window = createStepWindow();
  let retryMs = retryMsMin;
  let retryAtMs = 0;

  const threads = () => levels[level] ?? 1;
  const costsOf = (at: number) => costs[at] ?? {};
  const isContended = (judged: StepWindow) => judged.missingThreads(threads()) >= missingThreadsMin;
  const moveTo = (next: number) => {
    level = next;
    window = createStepWindow();
  };
  const startTrial = (next: number) => {
    home = level;
    moveTo(next);
  };
  const endTrial = (from: number, isBetter: boolean, nowMs: number) => {
    retryMs = isBetter ? retryMsMin : Math.min(retryMs * 2, retryMsMax);
    retryAtMs = nowMs + retryMs;
    home = undefined;
    moveTo(isBetter ? level : from);
  };
  const isVainAtOnce = (step: StepCost, from: number) => {
    const alone = createStepWindow();
    alone.add(step);
    return level < from && (alone.compareWith(costsOf(from)) ?? 0) > trialCostMax;
  };
  const judgeTrial = (judged: StepWindow, from: number, nowMs: number) => {
    const ratio = judged.compareWith(costsOf(from));
    // Without a kind of step that ran at both, contention decides: it is what made us try.
    const isBetter = ratio === undefined ? level > from || !isContended(judged) : ratio < 1;
    endTrial(from, isBetter, nowMs);
  };
  const judge = (judged: StepWindow, nowMs: number) => {
    const isDue = nowMs >= retryAtMs;
    if (!isContended(judged)) {
      if (level > 0 && isDue) startTrial(level - 1);
    } else if (level + 1 < levels.length) {
      const isUrgent = (judged.compareWith(costsOf(level + 1)) ?? 0) > patience;
      if (isDue || isUrgent) startTrial(level + 1);
    }
  };

  return {
    threads,
    record: (step) => {
      window.add(step);
      if (home !== undefined && isVainAtOnce(step, home)) {
        endTrial(home, false, step.nowMs);
      } else if (window.elapsedMs >= windowMsMin) {
        const judged = window;
        window = createStepWindow();
        costs[level] = { ...costsOf(level), ...judged.costs() };
        if (home === undefined) judge(judged, step.nowMs);
        else judgeTrial(judged, home, step.nowMs);
      }
    },
  };
}
