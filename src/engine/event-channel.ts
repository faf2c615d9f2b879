/** A queue between one writer and one reader that waits. */
export interface EventChannel<T> extends AsyncIterable<T> {
  push(item: T): void;
  /** Ends the iteration after all pushed events. */
  end(): void;
  /** Throws in the reader after all pushed events. Only the first end or failure counts. */
  fail(error: unknown): void;
}

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * It has no bound. The engine writes at most one event per token of a context, so a stalled reader holds a
 * few hundred kilobytes. It is a handwritten iterator and not a generator, so that a token passes one promise
 * instead of three on its way to the reader.
 *
 * @param onReturn called when the reader has left, early or at the end
 */
export function createEventChannel<T>(onReturn: () => void = () => undefined): EventChannel<T> {
  const results: IteratorResult<T>[] = [];
  let waiter: Waiter<T> | undefined;
  let ending: { readonly error?: unknown } | undefined;
  let isReported = false;
  const finish = ({ resolve, reject }: Waiter<T>, how: { readonly error?: unknown }) => {
    if ('error' in how && !isReported) reject(how.error);
    else resolve({ done: true, value: undefined });
    isReported = true;
  };
  const close = (how: { readonly error?: unknown }) => {
    ending ??= how;
    if (waiter === undefined) return;
    finish(waiter, ending);
    waiter = undefined;
  };
  const iterator: AsyncIterator<T> = {
    next: () => {
      const result = results.shift();
      if (result !== undefined) return Promise.resolve(result);
      return new Promise((resolve, reject) => {
        if (ending === undefined) waiter = { resolve, reject };
        else finish({ resolve, reject }, ending);
      });
    },
    return: () => {
      results.length = 0;
      isReported = true;
      close({});
      onReturn();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return {
    push: (item) => {
      if (ending !== undefined) return;
      const result: IteratorResult<T> = { done: false, value: item };
      if (waiter === undefined) {
        results.push(result);
      } else {
        waiter.resolve(result);
        waiter = undefined;
      }
    },
    end: () => close({}),
    fail: (error) => close({ error }),
    [Symbol.asyncIterator]: () => iterator,
  };
}
