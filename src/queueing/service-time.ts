/** Measures the duration of requests, to compute `Retry-After` for refused ones. */
export interface ServiceTime {
  /** How long one request held its slot, in milliseconds. */
  record(elapsedMs: number): void;
  /** When a slot should be free for one more request behind `ahead` others, in milliseconds from now. */
  estimateWaitMs(ahead: number, slots: number): number;
}

/** Weight of the newest request. */
const newest = 0.2;
/** Before anything was measured. */
const firstGuessMs = 1000;

export function createServiceTime(): ServiceTime {
  let averageMs: number | undefined;
  return {
    record: (elapsedMs) => {
      averageMs = averageMs === undefined ? elapsedMs : averageMs + (elapsedMs - averageMs) * newest;
    },
    estimateWaitMs: (ahead, slots) =>
      Math.ceil(((averageMs ?? firstGuessMs) * (ahead + 1)) / Math.max(1, slots)),
  };
}
