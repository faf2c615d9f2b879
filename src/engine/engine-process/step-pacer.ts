/** Decides how many prompt tokens the next step may evaluate. */
export interface StepPacer {
  /** Tokens of prefill for the next step, 16 or more. */
  prefillTokens(streamsRunning: number): number;
  /** Tells what a step cost. */
  record(step: {
    readonly prefillTokens: number;
    readonly decodeTokens: number;
    readonly elapsedMs: number;
  }): void;
}

const pieceMin = 16;
/** Before anything was measured: small enough for the slowest machine, and corrected by the second step. */
const pieceFirst = 32;
/** A step without running streams may be longer: only a cancel waits for it. */
const idleStretch = 1.6;
/** Weight of the newest measurement. The cost of a token grows with its position, so old ones age fast. */
const newest = 0.5;

/**
 * A fixed piece is either slow on a fast machine or stalls the streams on a slow one, and the cost of a token
 * grows along a long prompt. So the piece follows from the measured cost: as many tokens as fit into
 * `stepMsTarget`, in multiples of 16 (the matrix kernels' tile).
 */
export function createStepPacer(stepMsTarget: number, pieceMax: number): StepPacer {
  let prefillMsPerToken: number | undefined;
  let decodeMs = 0;
  return {
    prefillTokens: (streamsRunning) => {
      if (prefillMsPerToken === undefined) {
        return Math.min(pieceFirst, pieceMax);
      }
      const budgetMs = streamsRunning > 0 ? stepMsTarget - decodeMs : stepMsTarget * idleStretch;
      const tokens = Math.floor(budgetMs / prefillMsPerToken / pieceMin) * pieceMin;
      return Math.min(Math.max(tokens, pieceMin), pieceMax);
    },
    record: ({ prefillTokens, decodeTokens, elapsedMs }) => {
      if (prefillTokens === 0) {
        decodeMs = decodeMs === 0 ? elapsedMs : decodeMs + (elapsedMs - decodeMs) * newest;
        return;
      }
      if (prefillTokens < pieceMin) {
        return;
      }
      const own = Math.max(elapsedMs - (decodeTokens > 0 ? decodeMs : 0), elapsedMs / 4) / prefillTokens;
      prefillMsPerToken =
        prefillMsPerToken === undefined ? own : prefillMsPerToken + (own - prefillMsPerToken) * newest;
    },
  };
}
