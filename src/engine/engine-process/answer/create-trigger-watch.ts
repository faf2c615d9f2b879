import type { Trigger } from '../tool-calls/tool-call-format.ts';

/** Looks for the text with which a call begins, in text that arrives in pieces. */
export interface TriggerWatch {
  push(text: string): FoundTrigger | undefined;
}

export interface FoundTrigger {
  readonly trigger: Trigger;
  /** The text after it. */
  readonly rest: string;
}

/** Finds the first complete trigger. Among triggers that start at the same place, the longest. */
export function createTriggerWatch(triggers: readonly Trigger[]): TriggerWatch {
  const keptMax = Math.max(0, ...triggers.map(({ text }) => text.length - 1));
  let kept = '';
  let isAtStart = true;
  return {
    push: (piece) => {
      const text = kept + piece;
      const found = triggers
        .map((trigger) => ({ trigger, at: text.indexOf(trigger.text) }))
        .filter(({ trigger, at }) => at >= 0 && (!trigger.isAtStart || (isAtStart && isBlank(text, at))))
        .sort((one, other) => one.at - other.at || other.trigger.text.length - one.trigger.text.length)[0];
      const cut =
        found === undefined ? Math.max(0, text.length - keptMax) : found.at + found.trigger.text.length;
      isAtStart &&= found === undefined && isBlank(text, cut);
      kept = text.slice(cut);
      if (found === undefined) {
        return undefined;
      }
      const rest = kept;
      kept = rest.slice(Math.max(0, rest.length - keptMax));
      return { trigger: found.trigger, rest };
    },
  };
}

function isBlank(text: string, end: number): boolean {
  return text.slice(0, end).trim() === '';
}
