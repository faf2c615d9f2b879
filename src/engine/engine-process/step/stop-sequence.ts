/** Looks for stop sequences in text that arrives in pieces. */
export interface StopSequenceMatcher {
  /** Adds a piece; returns what may be shown now, and the stop sequence that was met. */
  push(piece: string): { readonly text: string; readonly match: string | undefined };
  /** Releases text that might have become a stop sequence, when no more text follows. */
  flush(): string;
}

/**
 * Text that could still become a stop sequence is held back, so that no part of one is ever shown, also where
 * it spans tokens. The earliest match wins; of two that begin at the same place, the one that is complete first.
 */
export function createStopSequenceMatcher(sequences: readonly string[]): StopSequenceMatcher {
  let held = '';
  return {
    push: (piece) => {
      const text = held + piece;
      const found = findFirst(text, sequences);
      if (found !== undefined) {
        held = '';
        return { text: text.slice(0, found.at), match: found.sequence };
      }
      const shown = text.length - partialMatchLength(text, sequences);
      held = text.slice(shown);
      return { text: text.slice(0, shown), match: undefined };
    },
    flush: () => {
      const text = held;
      held = '';
      return text;
    },
  };
}

function findFirst(
  text: string,
  sequences: readonly string[],
): { readonly at: number; readonly sequence: string } | undefined {
  let first: { readonly at: number; readonly sequence: string } | undefined;
  for (const sequence of sequences) {
    const at = text.indexOf(sequence);
    if (at >= 0 && (first === undefined || at < first.at)) first = { at, sequence };
  }
  return first;
}

/** Length of the longest end of `text` with which some sequence begins. */
function partialMatchLength(text: string, sequences: readonly string[]): number {
  let longest = 0;
  for (const sequence of sequences) {
    for (let length = Math.min(sequence.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(sequence.slice(0, length))) {
        longest = length;
      }
    }
  }
  return longest;
}
