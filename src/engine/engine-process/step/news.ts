// Results of steps that were not sent to the parent yet.
//
// A message takes half a millisecond of processor time in this process, its parent and the client, and the
// decode needs all cores. So the tokens of a short step are sent with the next step. Other results never
// wait.
import type { EngineProgress } from '../../engine-message.ts';

/** Tokens wait only if a step takes at most this long, in milliseconds, which is not noticeable. */
export const heldStepMsMax = 10;

export interface News {
  add(item: EngineProgress): void;
  /** Sends all there is. */
  send(): void;
  /** The same, unless all of it may wait for the step that begins now. Nothing waits twice. */
  sendOrHold(stepMs: number): void;
}

export function createNews(report: (items: readonly EngineProgress[]) => void): News {
  let items: EngineProgress[] = [];
  let isUrgent = false;
  let isHeld = false;
  /** Requests whose answer has begun: the first piece never waits. */
  const begun = new Set<string>();
  const send = () => {
    if (items.length > 0) report(items);
    items = [];
    isUrgent = false;
    isHeld = false;
  };
  return {
    add: (item) => {
      items.push(item);
      const isNextPiece = isPiece(item) && begun.has(item.id);
      isUrgent ||= !isNextPiece;
      if (item.type === 'released') begun.delete(item.id);
      else if (isPiece(item)) begun.add(item.id);
    },
    send,
    sendOrHold: (stepMs) => {
      if (isUrgent || isHeld || stepMs > heldStepMsMax) send();
      else isHeld = items.length > 0;
    },
  };
}

function isPiece(item: EngineProgress): boolean {
  if (item.type !== 'event') return false;
  const { type } = item.event;
  return type === 'text-delta' || type === 'reasoning-delta' || type === 'tool-call-delta';
}
