import type { Backend } from '../backend/backend.ts';
import type { Generation } from '../backend/generation.ts';
import { type GenerationEvent, noUsage } from '../backend/generation-event.ts';
import type { Lease } from './resident-model.ts';

/**
 * A generation of a model that may have to be loaded first. The lease lasts until the backend holds nothing
 * for the request anymore, so the model is not unloaded before it has counted the cost of an answer that was
 * cut off. Events pass through without an extra wait.
 */
export function generateWithLease(
  acquiring: Promise<Lease>,
  generate: (backend: Backend) => Generation,
): Generation {
  let isLeft = false;
  let inner: AsyncIterator<GenerationEvent> | undefined;
  const beginning = acquiring.then((lease) => {
    if (isLeft) {
      lease.release();
      throw new Error('Its reader left before the model was there.');
    }
    const generation = generate(lease.backend);
    void generation.settled.then(() => lease.release());
    inner = generation.events[Symbol.asyncIterator]();
    return { generation, events: inner };
  });
  const settled = beginning.then(
    ({ generation }) => generation.settled,
    () => noUsage,
  );
  const iterator: AsyncIterator<GenerationEvent> = {
    next: () => inner?.next() ?? beginning.then(({ events }) => events.next()),
    return: async () => {
      isLeft = true;
      await inner?.return?.();
      return { done: true, value: undefined };
    },
  };
  return { events: { [Symbol.asyncIterator]: () => iterator }, settled };
}
