import type { ChoicesGeneration, Generation } from '../../backend/generation.ts';
import { type GenerationEvent, noUsage } from '../../backend/generation-event.ts';

/**
 * Splits choices that are generated together into one generation each. Reading the next event of one choice
 * reads for all; events of the others are buffered. They end together, when all have been read or returned.
 * The first one has the cost of all.
 */
export function splitChoices(together: ChoicesGeneration, choiceCount: number): readonly Generation[] {
  const source = together.events[Symbol.asyncIterator]();
  const queues: GenerationEvent[][] = Array.from({ length: choiceCount }, () => []);
  const open = new Set(queues.keys());
  let ending: { readonly error?: unknown } | undefined;
  let reading: Promise<void> | undefined;
  const read = async () => {
    try {
      const result = await source.next();
      if (result.done === true) ending = {};
      else if (open.has(result.value.choice)) queues[result.value.choice]?.push(result.value.event);
    } catch (error) {
      ending = { error };
    } finally {
      reading = undefined;
    }
  };
  const next = async (queue: GenerationEvent[]): Promise<IteratorResult<GenerationEvent>> => {
    for (;;) {
      const event = queue.shift();
      if (event !== undefined) return { done: false, value: event };
      if (ending !== undefined && 'error' in ending) throw ending.error;
      if (ending !== undefined) return { done: true, value: undefined };
      reading ??= read();
      await reading;
    }
  };
  const leave = async (choice: number): Promise<IteratorResult<GenerationEvent>> => {
    open.delete(choice);
    if (open.size === 0) await source.return?.();
    return { done: true, value: undefined };
  };
  return queues.map((queue, choice) => {
    const iterator = { next: () => next(queue), return: () => leave(choice) };
    return {
      events: { [Symbol.asyncIterator]: () => iterator },
      settled: choice === 0 ? together.settled : Promise.resolve(noUsage),
    };
  });
}
