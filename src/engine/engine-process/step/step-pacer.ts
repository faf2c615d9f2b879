/** Decides how many prompt tokens the next step may evaluate. */
export interface StepPacer {
  /** Tokens of prefill for the next step, 8 or more. */
  prefillTokens(streamsRunning: number): number;
  /** Reports the cost of a step. */
  record(step: {
    readonly prefillTokens: number;
    readonly decodeTokens: number;
    readonly elapsedMs: number;
  }): void;
}

/** Pieces are multiples of this, which is also the least: the matrix kernels work in such rows. */
const rowTokens = 8;
/** Before anything was measured: small enough for the slowest machine, and corrected by the second step. */
const pieceFirst = 32;
/** A step without running streams may be longer: only a cancel waits for it. */
const idleStretch = 1.2;
/** Weight of the newest measurement. The cost of a token grows with its position, so old ones age fast. */
const newest = 0.5;

/**
 * A fixed piece is either slow on a fast machine or stalls the streams on a slow one, and the cost of a token
 * grows along a long prompt. So the piece follows from the measured cost: as many tokens as fit into
 * `stepMsTarget`, less the ones that the running streams take. In one batch both kinds cost about the same.
 */
export function createStepPacer(stepMsTarget: number, pieceMax: number): StepPacer {
  let msPerToken: number | undefined;
  return {
    prefillTokens: (streamsRunning) => {
      if (msPerToken === undefined) {
        return Math.min(pieceFirst, pieceMax);
      }
      const budgetMs = streamsRunning > 0 ? stepMsTarget : stepMsTarget * idleStretch;
      const rows = Math.floor((budgetMs / msPerToken - streamsRunning) / rowTokens);
      return Math.min(Math.max(rows, 1) * rowTokens, pieceMax);
    },
    record: ({ prefillTokens, decodeTokens, elapsedMs }) => {
      // A step with few prompt tokens costs what its decode costs, and says nothing of a piece.
      if (prefillTokens >= rowTokens) {
        const own = elapsedMs / (prefillTokens + decodeTokens);
        msPerToken = msPerToken === undefined ? own : msPerToken + (own - msPerToken) * newest;
      }
    },
  };
}
