import type { GenerationEvent } from '../../../backend/generation-event.ts';
import type { SlotRun } from './slot.ts';

/** The events, each piece of the answer with what was generated so far, where the request wants that. */
export function addUsageSoFar(
  {
    reportsUsage,
    completionTokens,
    reasoningTokens,
  }: Pick<SlotRun, 'reportsUsage' | 'completionTokens' | 'reasoningTokens'>,
  events: GenerationEvent[],
): GenerationEvent[] {
  if (!reportsUsage) return events;
  const soFar = { completionTokens, reasoningTokens };
  return events.map((event) => (isDelta(event) ? { ...event, soFar } : event));
}

function isDelta({ type }: GenerationEvent): boolean {
  return type !== 'started' && type !== 'echo' && type !== 'finish';
}
