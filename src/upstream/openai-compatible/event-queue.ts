/** Events between an upstream, which is made to wait, and one reader. */
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
  onEmpty(): void;
  /** The reader has left early, has read the end, or has met the failure. */
  onLeft(): void;
}

interface Waiter<Event> {
  readonly resolve: (result: IteratorResult<Event>) => void;
  readonly reject: (error: unknown) => void;
}

/** Handwritten, so that a token passes one promise on its way. */
export function createEventQueue<Event>({ onEmpty, onLeft }: EventQueueWatch): EventQueue<Event> {
  let events: Event[] = [];
  let taken = 0;
  let waiter: Waiter<Event> | undefined;
  let ending: { readonly error?: unknown } | undefined;
  let hasLeft = false;
  const leave = () => {
    if (hasLeft) return;
    hasLeft = true;
    onLeft();
  };
  const finish = ({ resolve, reject }: Waiter<Event>) => {
    if (!hasLeft && ending !== undefined && 'error' in ending) reject(ending.error);
    else resolve({ done: true, value: undefined });
    leave();
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
        if (ending === undefined) onEmpty();
        else close(ending);
      });
    },
    return: () => {
      clear();
      leave();
      close({});
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return {
    push: (event) => {
      if (ending !== undefined || hasLeft) return;
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
