// What steps made and the parent was not yet sent.
//
// A message takes half a millisecond of processor time, of this process, its parent and the client, and the decode wants
// all cores. So the tokens of a short step wait for those of the next one. Nothing else waits.
import type { EngineProgress } from '../../engine-message.ts';

/** Tokens wait for a step that takes at most this long, in milliseconds: nobody sees it. */
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
