/** The gain of one running stream from a draft. */
export interface DraftOutlook {
  /** Tokens that it could draft in this step, 0 or more. */
  readonly draftTokensMax: number;
  /** Tokens that it makes in this step on average with such a draft; 1 without one. */
  expectTokens(draftTokens: number): number;
}

/** Together with the token before them these are rows of four, in which the kernels of a CPU compute. */
const draftLengths = [3, 7, 11, 15, 23, 31] as const;
/** The expected speed-up of every stream must be at least this, because it is only an estimate. */
const gainMin = 1.1;

/**
 * Number of tokens that each stream of a step drafts; 0 means none. All streams draft the same number,
 * because llama.cpp decodes sequences with different numbers of tokens one after the other. The drafts of one
 * stream must not slow down another, so a stream that gains too little, or has nothing to draft, prevents
 * them.
 *
 * `growth` is the relative time of a step with that many more tokens.
 */
export function chooseDraftLength(
  streams: readonly DraftOutlook[],
  tokensMax: number,
  growth: (moreTokens: number) => number,
): number {
  let best = 0;
  let bestGain = gainMin;
  for (const length of draftLengths) {
    const own = Math.min(length, ...streams.map(({ draftTokensMax }) => draftTokensMax));
    const all = own * streams.length;
    if (all > tokensMax) break;
    const gain = Math.min(...streams.map(({ expectTokens }) => expectTokens(own))) / growth(all);
    if (gain > bestGain) {
      best = own;
      bestGain = gain;
    }
  }
  return best;
}
