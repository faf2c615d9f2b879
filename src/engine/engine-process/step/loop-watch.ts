// A small model may fall into a loop and repeat itself to the end of its context. This detects exact loops:
// the same tokens in the same order, for so long that tables, lists and repeated lines of code don't match.

/** Tokens of the longest loop that is seen. */
export const loopPeriodMax = 256;

/** Minimum number of tokens of a loop. */
export const loopTokensMin = 512;

/** Times that a loop must come, however long it is. */
export const loopRepeatsMin = 8;

/** How often tokens are checked. A loop ends at most this many tokens late. */
const lookIntervalTokens = 32;

/** Of the tokens that a completion is made of. */
export interface LoopWatch {
  /** Whether the completion repeats itself, with this token. */
  push(token: number): boolean;
}

export function createLoopWatch(): LoopWatch {
  const kept = new Uint32Array(Math.max(loopTokensMin, loopPeriodMax * loopRepeatsMin));
  let count = 0;
  /** The token this many places before the last one, within the stored ones. */
  const before = (places: number) => kept[(count - 1 - places) % kept.length];
  const repeats = (period: number): boolean => {
    const tokens = Math.max(loopTokensMin, period * loopRepeatsMin);
    if (count < tokens) return false;
    for (let places = 0; places < tokens - period; places++) {
      if (before(places) !== before(places + period)) return false;
    }
    return true;
  };
  return {
    push: (token) => {
      kept[count % kept.length] = token;
      count += 1;
      if (count < loopTokensMin || count % lookIntervalTokens !== 0) return false;
      for (let period = 1; period <= loopPeriodMax; period++) {
        if (repeats(period)) return true;
      }
      return false;
    },
  };
}
