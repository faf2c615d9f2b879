import type { Clock } from '../src/gateway/clock.ts';

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves on; timers on the way are called in order, each followed by everything that it causes at once. */
  advance(ms: number): Promise<void>;
}

/** Turns of the event loop after which everything is done that needs no timer. */
const settledAfterTurns = 3;

export async function letSettle(): Promise<void> {
  for (let turn = 0; turn < settledAfterTurns; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** @param random the chance of everything; 0.5 by default */
export function createFakeClock(random = () => 0.5): FakeClock {
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  let nowMs = 1_000;
  return {
    nowMs: () => nowMs,
    random,
    setTimer: (callback, delayMs) => {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: async (ms) => {
      const untilMs = nowMs + ms;
      await letSettle();
      for (;;) {
        const [next] = [...timers].sort((one, other) => one.atMs - other.atMs);
        if (next === undefined || next.atMs > untilMs) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.callback();
        await letSettle();
      }
      nowMs = untilMs;
      await letSettle();
    },
  };
}
