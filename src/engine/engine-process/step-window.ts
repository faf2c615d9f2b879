// What the decodes of some steps cost together, and how many of their threads were kept from running.

/** `prefill`: a piece of a prompt is among its tokens. Both kinds gain differently from threads. */
export type StepKind = 'prefill' | 'decode';

export interface StepCost {
  readonly kind: StepKind;
  readonly tokens: number;
  /** Of the decode alone. */
  readonly elapsedMs: number;
  /** Processor time of all threads of this process in the meantime. */
  readonly processorMs: number;
  readonly nowMs: number;
}

/** Milliseconds for each unit of work; a kind that never ran is absent. */
export type StepCosts = Partial<Record<StepKind, number>>;

/** Adds up steps that ran with the same number of threads. */
export interface StepWindow {
  add(step: StepCost): void;
  readonly elapsedMs: number;
  /** Threads that were ready and had no core, on average. */
  missingThreads(threads: number): number;
  costs(): StepCosts;
  /** What the same work costs here, over what it costs there; undefined where no kind ran at both. */
  compareWith(there: StepCosts): number | undefined;
}

interface KindSum {
  units: number;
  elapsedMs: number;
}

export function createStepWindow(): StepWindow {
  const sums = new Map<StepKind, KindSum>();
  let elapsedMs = 0;
  let processorMs = 0;
  return {
    add: (step) => {
      elapsedMs += step.elapsedMs;
      processorMs += step.processorMs;
      const sum = sums.get(step.kind) ?? { units: 0, elapsedMs: 0 };
      sum.units += toUnits(step);
      sum.elapsedMs += step.elapsedMs;
      sums.set(step.kind, sum);
    },
    get elapsedMs() {
      return elapsedMs;
    },
    missingThreads: (threads) => Math.max(0, threads - processorMs / elapsedMs),
    costs: () => Object.fromEntries([...sums].map(([kind, sum]) => [kind, sum.elapsedMs / sum.units])),
    compareWith: (there) => {
      let hereMs = 0;
      let thereMs = 0;
      for (const [kind, sum] of sums) {
        const cost = there[kind];
        if (cost !== undefined) {
          hereMs += sum.elapsedMs;
          thereMs += sum.units * cost;
        }
      }
      return thereMs === 0 ? undefined : hereMs / thereMs;
    },
  };
}

/** A step has a fixed cost, about that of one token more; so steps of any size can be compared. */
function toUnits({ tokens }: StepCost): number {
  return tokens + 1;
}
