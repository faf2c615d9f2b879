import type { GenerationEvent } from '../../../backend/generation-event.ts';
import { createUsageMeter } from '../shared/usage-meter.ts';
import type { UnplacedEvent } from './response-event.ts';
import { toResponseUsage } from './response-object.ts';

/** Adds the usage so far to the deltas that a piece of the answer becomes, where the request wants it. */
export function createUsageTeller(isWanted: boolean) {
  const meter = createUsageMeter();
  return (event: GenerationEvent, events: readonly UnplacedEvent[]): readonly UnplacedEvent[] => {
    if (!isWanted) return events;
    meter.note(0, event);
    const usage = meter.list(1).map(toResponseUsage)[0];
    return events.map((one) => ('delta' in one ? { ...one, usage } : one));
  };
}
