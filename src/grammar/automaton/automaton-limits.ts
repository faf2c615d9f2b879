/** Limits on the cost of building an automaton. Both apply to one call. */
export interface AutomatonLimits {
  /** States of the result, and of what it is made from before it is minimised. */
  readonly statesMax: number;
  /** Elementary moves: visits of states and transitions. A million take some ten milliseconds. */
  readonly stepsMax: number;
}

/** An automaton would pass its limits; the pattern or the schema is too complex. */
export class AutomatonTooLargeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AutomatonTooLargeError';
  }
}

/** Counts against the limits of one call, and throws an `AutomatonTooLargeError` where they end. */
export interface AutomatonBudget {
  readonly limits: AutomatonLimits;
  takeSteps(steps: number): void;
  checkStates(states: number): void;
}

export function createAutomatonBudget(limits: AutomatonLimits): AutomatonBudget {
  const { statesMax, stepsMax } = limits;
  let stepsTaken = 0;
  return {
    limits,
    takeSteps(steps) {
      stepsTaken += steps;
      if (stepsTaken > stepsMax) throw new AutomatonTooLargeError(`It takes more than ${stepsMax} steps.`);
    },
    checkStates(states) {
      if (states > statesMax) throw new AutomatonTooLargeError(`It has more than ${statesMax} states.`);
    },
  };
}
