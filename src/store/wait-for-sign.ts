/**
 * A store that gives no sign of life for this long after it was asked hangs, in milliseconds. A query waits at most 50
 * before that, so that a store that hangs delays none by more than 100.
 */
const signMsMax = 45;
/** A timer that fires this late, in milliseconds, tells that the machine is busy, and nothing of the store. */
const lateTimerMs = 15;

/** `failed`: the ping found a broken connection. */
export type SignOfLife = 'answered' | 'failed' | 'silent';

/**
 * Waits for the answer to a ping, as long as the store answers others.
 *
 * @param answeredAtMs when the store last answered a query, on the clock of `performance.now()`
 */
export async function waitForSign(ping: Promise<void>, answeredAtMs: () => number): Promise<SignOfLife> {
  const sign = ping.then(
    () => 'answered' as const,
    () => 'failed' as const,
  );
  for (;;) {
    const sinceMs = performance.now();
    const outcome = await waitOnce(sign);
    if (outcome !== 'busy' && (outcome !== 'silent' || answeredAtMs() < sinceMs)) return outcome;
  }
}

/** `busy`: this process ran late, and nothing is known of the store. */
function waitOnce(sign: Promise<'answered' | 'failed'>): Promise<SignOfLife | 'busy'> {
  return new Promise((resolve) => {
    const dueMs = performance.now() + signMsMax;
    const timer = setTimeout(() => {
      const isLate = performance.now() - dueMs > lateTimerMs;
      // Answers that have arrived by now are read first.
      setImmediate(() => resolve(isLate ? 'busy' : 'silent'));
    }, signMsMax).unref();
    void sign.then((answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}
