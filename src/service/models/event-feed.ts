/** Sends events to the current listeners. Earlier events are not repeated. */
export interface EventFeed<Event> {
  publish(event: Event): void;
  /** Ends when `signal` aborts, or with `FeedOverflowError` for a reader who is too far behind. */
  listen(signal: AbortSignal): AsyncGenerator<Event>;
}

/** A reader was slower than the events, and would have missed some. */
export class FeedOverflowError extends Error {
  constructor() {
    super('The reader of an event feed fell too far behind.');
    this.name = 'FeedOverflowError';
  }
}

/** Events that wait for one reader. */
const waitingEventsMax = 1000;

interface Reader<Event> {
  readonly waiting: Event[];
  isBehind: boolean;
  wake: () => void;
}

/** @param onPublish hears of each event, also while nobody listens */
export function createEventFeed<Event>(onPublish: (event: Event) => void = () => {}): EventFeed<Event> {
  const readers = new Set<Reader<Event>>();

  async function* listen(signal: AbortSignal): AsyncGenerator<Event> {
    const reader: Reader<Event> = { waiting: [], isBehind: false, wake: () => undefined };
    const wake = () => reader.wake();
    readers.add(reader);
    signal.addEventListener('abort', wake, { once: true });
    try {
      while (!signal.aborted) {
        const event = reader.waiting.shift();
        if (event !== undefined) {
          yield event;
        } else if (reader.isBehind) {
          throw new FeedOverflowError();
        } else {
          await new Promise<void>((resolve) => {
            reader.wake = resolve;
          });
        }
      }
    } finally {
      readers.delete(reader);
      signal.removeEventListener('abort', wake);
    }
  }

  return {
    publish: (event) => {
      onPublish(event);
      for (const reader of readers) {
        if (reader.waiting.length < waitingEventsMax) reader.waiting.push(event);
        else reader.isBehind = true;
        reader.wake();
      }
    },
    listen,
  };
}
