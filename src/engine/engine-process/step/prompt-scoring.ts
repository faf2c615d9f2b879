/** Tokens of a scored prompt in one step. 64 rows of 262,144 logits are 67 MB. */
export const scoredPieceTokensMax = 64;

/** The reported tokens of a prompt, and the number of alternatives. */
export interface PromptScoring {
  /** Tokens before it were put there by us. */
  readonly from: number;
  /** 0 to 20. */
  readonly topCount: number;
}
