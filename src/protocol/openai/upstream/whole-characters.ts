/** Keeps the characters of a text whole that comes in pieces: a few servers cut one between its two UTF-16 code units. */
export interface WholeCharacters {
  /** What of the text so far is whole and was not given out. A half without its other one becomes U+FFFD. */
  push(piece: string): string;
  /** What is left when no more comes. */
  end(): string;
}

/** A half alone: two that are a character are read as one. */
const halfPattern = /\p{Surrogate}/gu;
const firstHalfAtEnd = /[\uD800-\uDBFF]$/;

export function createWholeCharacters(): WholeCharacters {
  let half = '';
  return {
    push(piece) {
      const text = half + piece;
      half = firstHalfAtEnd.test(text) ? text.slice(-1) : '';
      return toWhole(half === '' ? text : text.slice(0, -1));
    },
    end() {
      const left = toWhole(half);
      half = '';
      return left;
    },
  };
}

function toWhole(text: string): string {
  return text.replace(halfPattern, '\uFFFD');
}
