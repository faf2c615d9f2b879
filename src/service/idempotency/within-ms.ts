const late = Symbol('late');

export type Late = typeof late;

/**
 * What the work resolves to, or `late`. When the time is over what has arrived by then is read first: an event loop that
 * stood still is no work that hangs.
 */
export function withinMs<Result>(msMax: number, work: Promise<Result>): Promise<Result | Late> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => resolve(late)), msMax);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export function isLate<Result>(outcome: Result | Late): outcome is Late {
  return outcome === late;
}
