/** The cost of a step's decode. */
export interface StepCost {
  readonly tokens: number;
  readonly elapsedMs: number;
  /** Processor time of all threads of this process in the meantime. */
  readonly processorMs: number;
  readonly nowMs: number;
}

/** Adds up steps of one kind that ran with the same number of threads. */
export interface StepWindow {
  add(step: StepCost): void;
  readonly elapsedMs: number;
  /** Milliseconds for each unit of work; NaN without a step. */
  readonly unitMs: number;
  /** Threads that were ready and had no core, on average. */
  missingThreads(threads: number): number;
}

export function createStepWindow(): StepWindow {
  let units = 0;
  let elapsedMs = 0;
  let processorMs = 0;
  return {
    add: (step) => {
      units += toUnits(step);
      elapsedMs += step.elapsedMs;
      processorMs += step.processorMs;
    },
    get elapsedMs() {
      return elapsedMs;
    },
    get unitMs() {
      return elapsedMs / units;
    },
    missingThreads: (threads) => Math.max(0, threads - processorMs / elapsedMs),
  };
}

/** A step has a fixed cost of about one more token, so steps of any size can be compared. */
export function toUnits({ tokens }: Pick<StepCost, 'tokens'>): number {
  return tokens + 1;
}
