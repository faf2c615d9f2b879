// Estimates the probability that the next token of a repetition is right. It learns from each token of the
// answer, even without a draft, so an answer without repetitions costs nothing.

export interface DraftAcceptance {
  /** Between 0 and 1, after a match of this many tokens. */
  rate(matchTokens: number): number;
  record(matchTokens: number, isRight: boolean): void;
}

/** Longer repetitions are more likely to continue. First lengths of each class, and the initial estimates. */
const classes = [
  { fromTokens: 0, rate: 0.4 },
  { fromTokens: 5, rate: 0.6 },
  { fromTokens: 9, rate: 0.8 },
  { fromTokens: 17, rate: 0.92 },
] as const;
/** Tokens that the first expectation weighs as much as. */
const priorTokens = 3;
/** The weight of a token after the next one, because an answer may start or stop repeating. */
const memory = 0.92;

export function createDraftAcceptance(): DraftAcceptance {
  const counts = classes.map(({ rate }) => ({ right: rate * priorTokens, all: priorTokens }));
  const countsOf = (matchTokens: number) =>
    counts[classes.findLastIndex(({ fromTokens }) => matchTokens >= fromTokens)];
  return {
    rate: (matchTokens) => {
      const own = countsOf(matchTokens);
      return own === undefined ? 0 : own.right / own.all;
    },
    record: (matchTokens, isRight) => {
      const own = countsOf(matchTokens);
      if (own === undefined) return;
      own.right = own.right * memory + (isRight ? 1 : 0);
      own.all = own.all * memory + 1;
    },
  };
}

/** Average number of tokens from a step with a draft of `draftTokens`: the accepted ones and one more. */
export function expectTokens(
  { rate }: Pick<DraftAcceptance, 'rate'>,
  matchTokens: number,
  draftTokens: number,
): number {
  let expected = 1;
  let reached = 1;
  for (let index = 0; index < draftTokens; index++) {
    reached *= rate(matchTokens + index);
    expected += reached;
  }
  return expected;
}
