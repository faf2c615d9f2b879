const late = Symbol('late');

export type Late = typeof late;

/**
 * The result of the work, or `late`. When the time is over, results that have arrived by then are read first,
 * because a blocked event loop does not mean that the work hangs. A failure that comes late is not heard of.
 */
export function withinMs<Result>(msMax: number, work: Promise<Result>): Promise<Result | Late> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => resolve(late)), Math.max(0, msMax));
    const settle = <Value>(how: (value: Value) => void, value: Value) => {
      clearTimeout(timer);
      how(value);
    };
    work.then(
      (result) => settle(resolve, result),
      (error: unknown) => settle(reject, error),
    );
  });
}

export function isLate<Result>(outcome: Result | Late): outcome is Late {
  return outcome === late;
}
