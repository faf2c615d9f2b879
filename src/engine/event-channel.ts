/** A queue between one writer and one reader that waits. */
export interface EventChannel<T> extends AsyncIterable<T> {
  push(item: T): void;
  /** Ends the iteration after what was pushed. */
  end(): void;
  /** Throws in the reader after what was pushed. Only the first end or failure counts. */
  fail(error: unknown): void;
}

/**
 * Unbounded by itself: the engine writes at most one event for each token of a context, so a reader that stalls
 * holds a few hundred kilobytes.
 */
export function createEventChannel<T>(): EventChannel<T> {
  const items: T[] = [];
  let ending: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const close = (how: { readonly error?: unknown }) => {
    ending ??= how;
    wake?.();
  };
  return {
    push: (item) => {
      if (ending === undefined) {
        items.push(item);
        wake?.();
      }
    },
    end: () => close({}),
    fail: (error) => close({ error }),
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (items.length > 0) {
          yield* items.splice(0);
        }
        if (ending !== undefined) {
          if ('error' in ending) {
            throw ending.error;
          }
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
    },
  };
}
