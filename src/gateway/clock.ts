/** Time and chance, so that tests can set both. */
export interface Clock {
  /** Milliseconds that only go forward. */
  nowMs(): number;
  /** Calls back once, after `delayMs`. Returns what cancels it. */
  setTimer(callback: () => void, delayMs: number): () => void;
  /** From 0 to below 1. */
  random(): number;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  setTimer: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
