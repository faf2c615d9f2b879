/** What one running stream gains by a draft. */
export interface DraftOutlook {
  /** Tokens that it could draft in this step, 0 or more. */
  readonly draftTokensMax: number;
  /** Tokens that it makes in this step on average with such a draft; 1 without one. */
  expectTokens(draftTokens: number): number;
}

/** Together with the token before them these are rows of four, in which the kernels of a CPU compute. */
const draftLengths = [3, 7, 11, 15, 23, 31] as const;
/** A draft must promise to make every stream so many times as fast: what is known of it is an estimate. */
const gainMin = 1.1;

/**
 * Tokens that each stream of a step drafts; 0: none. All draft the same number, for llama.cpp decodes sequences with
 * different numbers of tokens in parts, one after the other. No stream may become slower by the drafts of others, so one
 * that gains too little, or has nothing to draft, forbids them.
 *
 * `growth` says how many times as long a step takes with so many tokens more.
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
