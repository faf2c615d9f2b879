// Where the end of a text stands in it already, token by token.
//
// Chains of positions with the same last tokens, as in LZ77: a token costs microseconds, however long the text is. What
// stood behind an earlier place is what may come now.

/** Fewer tokens in a row stand in every text, and say nothing of the next one. */
const keyTokens = 3;
/** A longer match says no more. */
export const matchTokensMax = 32;
/** A match of this length is kept without looking for another one. */
const keptMatchTokens = 8;
/** Earlier places that are compared for one token. */
const candidatesMax = 32;
/** In the place of a token, between two texts. */
const border = 0xffff_ffff;
const none = -1;

export interface RepeatFinder {
  /** Number of tokens before the end that also precede the earlier place. 0 if no such place is known. */
  readonly matchTokens: number;
  append(token: number): void;
  /** Another text begins: what stood before its start says nothing of it. */
  appendBorder(): void;
  /** Treats the start as the next tokens, as if this many tokens had matched. */
  expectStart(matchTokens: number): void;
  /** The token that comes next if the text repeats itself. */
  next(): number | undefined;
  /** As many as are known, up to `tokensMax`. */
  continuation(tokensMax: number): Uint32Array;
}

/** `capacity`: tokens and borders that are appended at most. */
export function createRepeatFinder(capacity: number): RepeatFinder {
  const hashBits = Math.max(8, 32 - Math.clz32(capacity));
  const tokens = new Uint32Array(capacity);
  const heads = new Int32Array(2 ** hashBits).fill(none);
  const earlier = new Int32Array(capacity);
  let length = 0;
  let place = none;
  let lastPlace = 0;
  let matchTokens = 0;

  const hashAt = (end: number) => {
    let hash = 0;
    for (let index = end - keyTokens; index < end; index++) {
      hash = Math.imul(hash ^ (tokens[index] ?? 0), 0x9e37_79b1);
    }
    return hash >>> (32 - hashBits);
  };
  const countMatch = (end: number) => {
    let count = 0;
    while (
      count < Math.min(end, matchTokensMax) &&
      tokens[end - 1 - count] === tokens[length - 1 - count] &&
      tokens[end - 1 - count] !== border
    ) {
      count++;
    }
    return count;
  };
  const look = (first: number) => {
    let candidate = first;
    for (let tried = 0; candidate !== none && tried < candidatesMax; tried++) {
      const count = countMatch(candidate);
      // An answer that leaves the text for a few tokens usually continues near that place.
      const isNearer = Math.abs(candidate - lastPlace) < Math.abs(place - lastPlace);
      if (count >= keyTokens && (count > matchTokens || (count === matchTokens && isNearer))) {
        place = candidate;
        matchTokens = count;
      }
      candidate = earlier[candidate] ?? none;
    }
  };
  const follow = (token: number) => {
    if (place === none) return;
    if (tokens[place] === token) {
      place++;
      matchTokens = Math.min(matchTokens + 1, matchTokensMax);
    } else {
      lastPlace = place;
      place = none;
      matchTokens = 0;
    }
  };

  return {
    get matchTokens() {
      return matchTokens;
    },
    append: (token) => {
      follow(token);
      tokens[length++] = token;
      if (length < keyTokens) return;
      const hash = hashAt(length);
      const first = heads[hash] ?? none;
      if (matchTokens < keptMatchTokens) look(first);
      earlier[length] = first;
      heads[hash] = length;
    },
    appendBorder: () => {
      tokens[length++] = border;
      place = none;
      matchTokens = 0;
    },
    expectStart: (expectedTokens) => {
      place = 0;
      matchTokens = expectedTokens;
    },
    next: () => (place === none || tokens[place] === border ? undefined : tokens[place]),
    continuation: (tokensMax) => {
      const found = new Uint32Array(place === none ? 0 : tokensMax);
      for (let index = 0; index < found.length; index++) {
        const at = place + index;
        // A repetition that reaches the end continues from its start.
        const token = at < length ? tokens[at] : found[at - length];
        if (token === border || token === undefined) return found.subarray(0, index);
        found[index] = token;
      }
      return found;
    },
  };
}
