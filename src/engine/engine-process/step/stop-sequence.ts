/** Looks for stop sequences in text that arrives in pieces. */
export interface StopSequenceMatcher {
  /** Adds a piece; returns what may be shown now, and whether a stop sequence was met. */
  push(piece: string): { readonly text: string; readonly isMatch: boolean };
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
      const at = findFirst(text, sequences);
      if (at >= 0) {
        held = '';
        return { text: text.slice(0, at), isMatch: true };
      }
      const shown = text.length - partialMatchLength(text, sequences);
      held = text.slice(shown);
      return { text: text.slice(0, shown), isMatch: false };
    },
    flush: () => {
      const text = held;
      held = '';
      return text;
    },
  };
}

function findFirst(text: string, sequences: readonly string[]): number {
  let first = -1;
  for (const sequence of sequences) {
    const at = text.indexOf(sequence);
    if (at >= 0 && (first < 0 || at < first)) {
      first = at;
    }
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
