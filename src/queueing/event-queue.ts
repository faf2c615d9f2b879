/** Events between a backend that writes them and one reader that waits. */
export interface EventQueue<Event> extends AsyncIterable<Event> {
  push(event: Event): void;
  /** Ends the iteration behind all pushed events. */
  end(): void;
  /** Throws in the reader behind all pushed events. Only the first end or failure counts. */
  fail(error: unknown): void;
  /** The same, but unread events are forgotten. */
  breakOff(error: unknown): void;
  /** Events that wait. */
  readonly length: number;
}

export interface EventQueueWatch {
  /** Nothing waits anymore, and the reader does. */
  onEmpty?(): void;
  /** The reader has read the end, or has met the failure. */
  onRead?(): void;
  /** The reader has left, early or at the end. */
  onReturn?(): void;
}

interface Waiter<Event> {
  readonly resolve: (result: IteratorResult<Event>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * It has no bound: a writer that can wait looks at `length`. It is a handwritten iterator and not a generator, so that a
 * token passes one promise instead of three on its way to the reader.
 */
export function createEventQueue<Event>(watch: EventQueueWatch = {}): EventQueue<Event> {
  let events: Event[] = [];
  let taken = 0;
  let waiter: Waiter<Event> | undefined;
  let ending: { readonly error?: unknown } | undefined;
  let hasLeft = false;
  const finish = ({ resolve, reject }: Waiter<Event>) => {
    if (!hasLeft && ending !== undefined && 'error' in ending) reject(ending.error);
    else resolve({ done: true, value: undefined });
    if (hasLeft) return;
    hasLeft = true;
    watch.onRead?.();
  };
  const close = (how: { readonly error?: unknown }) => {
    ending ??= how;
    if (waiter === undefined) return;
    const waiting = waiter;
    waiter = undefined;
    finish(waiting);
  };
  const clear = () => {
    events = [];
    taken = 0;
  };
  const iterator: AsyncIterator<Event> = {
    next: () => {
      const event = events[taken];
      if (event !== undefined) {
        taken += 1;
        if (taken === events.length) clear();
        return Promise.resolve({ done: false, value: event });
      }
      return new Promise((resolve, reject) => {
        waiter = { resolve, reject };
        if (ending === undefined) watch.onEmpty?.();
        else close(ending);
      });
    },
    return: () => {
      clear();
      hasLeft = true;
      close({});
      watch.onReturn?.();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return {
    push: (event) => {
      if (ending !== undefined) return;
      if (waiter === undefined) {
        events.push(event);
        return;
      }
      const { resolve } = waiter;
      waiter = undefined;
      resolve({ done: false, value: event });
    },
    end: () => close({}),
    fail: (error) => close({ error }),
    breakOff: (error) => {
      if (events.length > 0) ending = undefined;
      clear();
      close({ error });
    },
    get length() {
      return events.length - taken;
    },
    [Symbol.asyncIterator]: () => iterator,
  };
}
