/** Measures how long prompts take to be evaluated, to predict the first token of one more request. */
export interface FirstTokenTime {
  /** A request that was sent then, on the clock of `performance.now()`, has its first token now. */
  record(sentAtMs: number): void;
  /**
   * In milliseconds from now; undefined before anything was measured.
   * @param waitMs until its prompt is taken
   * @param evaluating prompts that are evaluated before it
   */
  predictMs(waitMs: number, evaluating: number): number | undefined;
}

/** Weight of the newest request. */
const newest = 0.2;

/** Prompts are evaluated one after the other: the time of one begins with its turn. */
export function createFirstTokenTime(nowMs: () => number = () => performance.now()): FirstTokenTime {
  let averageMs: number | undefined;
  let lastAtMs = 0;
  return {
    record: (sentAtMs) => {
      const atMs = nowMs();
      const elapsedMs = atMs - Math.max(sentAtMs, lastAtMs);
      lastAtMs = atMs;
      averageMs = averageMs === undefined ? elapsedMs : averageMs + (elapsedMs - averageMs) * newest;
    },
    predictMs: (waitMs, evaluating) =>
      averageMs === undefined ? undefined : Math.ceil(waitMs + averageMs * (evaluating + 1)),
  };
}
