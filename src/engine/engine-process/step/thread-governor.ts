// Chooses the number of threads of a step.
//
// The threads of one decode meet at a barrier hundreds of times per token and spin while they wait. On an
// idle machine that is fastest. But if another program uses one of the cores, every barrier waits for a
// thread that is not running. Measured on two cores with two busy neighbours: 400 to 2,000 ms per token with
// two threads, 16 to 27 ms with one (8 and 15 ms on the idle machine).
//
// Spinning threads never sleep: n threads on n cores use n times the decode's duration of processor time.
// Missing processor time is time in which a thread was ready while another program had its core. The governor
// measures it for each window of steps. If little is missing, it uses all threads, whatever they cost. If
// much is missing, it tries half as many for a window and keeps the cheaper number. With fewer threads, it
// waits until hardly anything is missing, and then tries more again. Prompts gain far more from a thread than
// single tokens, so each kind of step has a separate governor.
import { createStepWindow, type StepCost, type StepWindow, toUnits } from './step-window.ts';

export interface ThreadGovernor {
  /** Threads for the next step. */
  threads(): number;
  /** Reports the cost of a step with that many threads. */
  record(step: StepCost): void;
}

/** `prefill`: a piece of a prompt is among its tokens. */
export type StepKind = 'prefill' | 'decode';

export type ThreadGovernors = Readonly<Record<StepKind, ThreadGovernor>>;

/** Steps are judged when they have taken this long together, in milliseconds: 25 tokens of a small model. */
const windowMsMin = 200;
/**
 * So many threads without a core, on average, and fewer are tried. One busy neighbour on two cores makes it 0.5; what our
 * own HTTP side and a client on the same machine take of a small model's steps, 0.2.
 */
const missingForFewer = 0.35;
/**
 * More are tried after a pause with less than this on average: single windows vary. Two busy neighbours of one thread make
 * it 0.2 to 0.35, and each vain trial is a step of a second.
 */
const missingForMore = 0.1;
/** More threads may cost this many times what fewer do: costs vary by themselves. */
const marginMax = 1.1;
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

export function createThreadGovernors(threadsMax: number): ThreadGovernors {
  return { prefill: createThreadGovernor(threadsMax), decode: createThreadGovernor(threadsMax) };
}

export function createThreadGovernor(threadsMax: number): ThreadGovernor {
  const levels = threadLevels(threadsMax);
  /** The last cost of a unit of work at each level, in milliseconds. Undefined if unknown. */
  const unitMs: (number | undefined)[] = levels.map(() => undefined);
  let level = 0;
  /** Where a trial came from; undefined: none runs. */
  let home: number | undefined;
  let window = createStepWindow();
  /** All steps since more threads were last considered. */
  let pause = createStepWindow();
  let retryMs = retryMsMin;
  let retryAtMs = 0;

  const threads = () => levels[level] ?? 1;
  const moveTo = (next: number) => {
    level = next;
    window = createStepWindow();
    pause = createStepWindow();
  };
  const startTrial = (next: number) => {
    home = level;
    moveTo(next);
  };
  const endTrial = (from: number, isKept: boolean, nowMs: number) => {
    retryMs = isKept ? retryMsMin : Math.min(retryMs * 2, retryMsMax);
    retryAtMs = nowMs + retryMs;
    home = undefined;
    moveTo(isKept ? level : from);
  };
  const isVainAtOnce = (step: StepCost, from: number) =>
    level < from &&
    step.elapsedMs / toUnits(step) > (unitMs[from] ?? Number.POSITIVE_INFINITY) * trialCostMax;
  const judgeTrial = (judged: StepWindow, from: number, nowMs: number) => {
    const isOfMore = level < from;
    const [more = 0, fewer = 0] = isOfMore ? [judged.unitMs, unitMs[from]] : [unitMs[from], judged.unitMs];
    const isWorth = more <= fewer * marginMax;
    const isKept = isOfMore ? isWorth || judged.missingThreads(threads()) < missingForFewer : !isWorth;
    endTrial(from, isKept, nowMs);
  };
  const considerMore = (nowMs: number) => {
    if (level === 0 || nowMs < retryAtMs) return;
    const isCalm = pause.missingThreads(threads()) < missingForMore;
    pause = createStepWindow();
    if (isCalm) startTrial(level - 1);
    else retryAtMs = nowMs + retryMs;
  };
  const judge = (judged: StepWindow, nowMs: number) => {
    if (judged.missingThreads(threads()) < missingForFewer) return considerMore(nowMs);
    if (level + 1 >= levels.length) return;
    const isUrgent = judged.unitMs > (unitMs[level + 1] ?? Number.POSITIVE_INFINITY) * patience;
    if (nowMs >= retryAtMs || isUrgent) startTrial(level + 1);
  };

  return {
    threads,
    record: (step) => {
      window.add(step);
      pause.add(step);
      if (home !== undefined && isVainAtOnce(step, home)) {
        endTrial(home, false, step.nowMs);
      } else if (window.elapsedMs >= windowMsMin) {
        const judged = window;
        window = createStepWindow();
        unitMs[level] = judged.unitMs;
        if (home === undefined) judge(judged, step.nowMs);
        else judgeTrial(judged, home, step.nowMs);
      }
    },
  };
}
