import type { Generation, SettledUsage } from '../backend/generation.ts';
import { isSpent, noUsage, type TokenUsage } from '../backend/generation-event.ts';
import type { OpenedAnswer } from './open-answer.ts';

/** The request at one place. */
export interface PlaceAttempt {
  /** The name of its deployment. */
  readonly servedBy: string;
  readonly settled: Promise<TokenUsage>;
}

/**
 * The events of the place that serves the request, once it is found. After the events that were held, each one comes from the
 * place's own iterator, with nothing in between.
 *
 * @param attempts all of them, in order; complete when `opening` has settled
 * @param leave ends the search for a place
 */
export function createCompositeGeneration<Event>(
  opening: Promise<OpenedAnswer<Event>>,
  attempts: readonly PlaceAttempt[],
  leave: () => void,
): Generation<Event> {
  let found: OpenedAnswer<Event> | undefined;
  let rest: AsyncIterator<Event> | undefined;
  let heldIndex = 0;
  const readHeld = (answer: OpenedAnswer<Event>): Promise<IteratorResult<Event>> => {
    found = answer;
    const event = answer.held[heldIndex];
    heldIndex += 1;
    if (heldIndex >= answer.held.length) rest = answer.rest;
    return event === undefined ? answer.rest.next() : Promise.resolve({ done: false, value: event });
  };
  const iterator: AsyncIterator<Event> = {
    next: () => {
      if (rest !== undefined) return rest.next();
      return found === undefined ? opening.then(readHeld) : readHeld(found);
    },
    return: async () => {
      // The place's own iterator ends what is left of it; an abort would cost every answer that was read to its end.
      if (rest === undefined) leave();
      const opened = await opening.catch(() => undefined);
      await opened?.rest.return?.();
      return { done: true, value: undefined };
    },
  };
  const opened = opening.catch(() => undefined);
  return {
    events: { [Symbol.asyncIterator]: () => iterator },
    settled: opened.then((answer) => sumUp(attempts, answer !== undefined)),
  };
}

/** The last attempt is the one that was read, if one was. */
async function sumUp(attempts: readonly PlaceAttempt[], wasAnswered: boolean): Promise<SettledUsage> {
  const usages = await Promise.all(attempts.map(({ settled }) => settled));
  const answer = wasAnswered ? usages.pop() : undefined;
  const lostAttempts = usages.flatMap((usage, index) => {
    const { servedBy = '' } = attempts[index] ?? {};
    return isSpent(usage) ? [{ ...usage, servedBy }] : [];
  });
  return lostAttempts.length === 0 ? (answer ?? noUsage) : { ...(answer ?? noUsage), lostAttempts };
}
