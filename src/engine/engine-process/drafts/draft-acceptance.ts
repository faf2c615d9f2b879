// How likely the next token of a repetition is right, learned from each token of one answer: also from those that
// came without a draft, so that an answer which repeats nothing never pays for learning it.

export interface DraftAcceptance {
  /** Between 0 and 1, behind a match of so many tokens. */
  rate(matchTokens: number): number;
  record(matchTokens: number, isRight: boolean): void;
}

/** The longer a text was repeated, the likelier it goes on. First matches of each class, and what to expect of it at first. */
const classes = [
  { fromTokens: 0, rate: 0.4 },
  { fromTokens: 5, rate: 0.6 },
  { fromTokens: 9, rate: 0.8 },
  { fromTokens: 17, rate: 0.92 },
] as const;
/** Tokens that the first expectation weighs as much as. */
const priorTokens = 3;
/** What a token weighs when the next one has come: an answer may begin or cease to repeat. */
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

/** Tokens that a step with a draft of `draftTokens` makes on average: those that are right, and the one behind them. */
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
