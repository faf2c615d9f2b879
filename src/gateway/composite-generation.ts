import type { Generation } from '../backend/generation.ts';
import { noUsage, type TokenUsage } from '../backend/generation-event.ts';
import type { OpenedAnswer } from './open-answer.ts';

/**
 * The events of the place that serves the request, once it is found. After the events that were held, each one comes from the
 * place's own iterator, with nothing in between.
 *
 * @param costs of all attempts; complete when `opening` has settled
 * @param leave ends the search for a place
 */
export function createCompositeGeneration<Event>(
  opening: Promise<OpenedAnswer<Event>>,
  costs: readonly Promise<TokenUsage>[],
  leave: () => void,
): Generation<Event> {
  let rest: AsyncIterator<Event> | undefined;
  let heldIndex = 0;
  const nextHeld = async (): Promise<IteratorResult<Event>> => {
    const opened = await opening;
    const event = opened.held[heldIndex];
    if (event === undefined) {
      rest = opened.rest;
      return rest.next();
    }
    heldIndex += 1;
    if (heldIndex === opened.held.length) rest = opened.rest;
    return { done: false, value: event };
  };
  const iterator: AsyncIterator<Event> = {
    next: () => (rest === undefined ? nextHeld() : rest.next()),
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
    settled: opened.then(async () => (await Promise.all(costs)).reduce(addUsage, noUsage)),
  };
}

function addUsage(sum: TokenUsage, usage: TokenUsage): TokenUsage {
  if (sum === noUsage) return usage;
  const drafts = sum.drafts ?? usage.drafts;
  return {
    promptTokens: sum.promptTokens + usage.promptTokens,
    completionTokens: sum.completionTokens + usage.completionTokens,
    cachedTokens: sum.cachedTokens + usage.cachedTokens,
    reasoningTokens: sum.reasoningTokens + usage.reasoningTokens,
    ...(drafts && {
      drafts: {
        acceptedTokens: (sum.drafts?.acceptedTokens ?? 0) + (usage.drafts?.acceptedTokens ?? 0),
        rejectedTokens: (sum.drafts?.rejectedTokens ?? 0) + (usage.drafts?.rejectedTokens ?? 0),
      },
    }),
    ...(sum.isEstimated === true || usage.isEstimated === true ? { isEstimated: true } : {}),
  };
}
