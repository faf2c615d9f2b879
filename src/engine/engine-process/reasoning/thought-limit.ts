// When the reasoning budget is spent, the tokens of the end tag are forced, and the model continues with its
// answer.
import type { ReasoningEffort, ReasoningLimit } from '../../../backend/generation-request.ts';
import type { ReasoningTags } from '../../reasoning/reasoning-tags.ts';
import type { PromptTokenizer } from '../prompt/prompt-tokens.ts';

/** Shares of a completion's tokens for reasoning. */
export const effortShares: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1 / 16,
  low: 1 / 4,
  medium: 1 / 2,
  high: 3 / 4,
  xhigh: 7 / 8,
  // Some tokens must be left for the answer.
  max: 15 / 16,
};

/** The tokens that end the reasoning of this model. */
export interface ThoughtEnds {
  /** The model decides what follows: also calls, or more reasoning. */
  readonly open: readonly number[];
  /** The answer follows. */
  readonly answer: readonly number[];
}

/** Limits the reasoning of one answer. */
export interface ThoughtLimit {
  /** Maximum tokens of all reasoning, 0 or more, not counting the end tag. */
  readonly tokensMax: number;
  /** The tokens that end the current reasoning. */
  end(): readonly number[];
}

export function toThoughtEnds(
  { end, next }: ReasoningTags,
  { toMarkerTokens }: Pick<PromptTokenizer, 'toMarkerTokens'>,
): ThoughtEnds {
  // Models write tags that look like HTML on a separate line.
  const closing = end.startsWith('</') ? `\n${end}` : end;
  return {
    open: [...toMarkerTokens(closing + (next?.any ?? ''))],
    answer: [...toMarkerTokens(closing + (next?.answer ?? ''))],
  };
}

/** Undefined if reasoning is not limited. The shares refer to `completionTokensMax`. */
export function createThoughtLimit(
  limit: ReasoningLimit | undefined,
  ends: ThoughtEnds | undefined,
  completionTokensMax: number,
  mayCall: boolean,
): ThoughtLimit | undefined {
  const tokensMax = toThoughtTokensMax(limit, completionTokensMax);
  if (tokensMax === undefined || ends === undefined) return undefined;
  // A model that would rather think again than call or answer is left no choice the second time.
  let isOpen = mayCall;
  return {
    tokensMax,
    end: () => {
      const tokens = isOpen ? ends.open : ends.answer;
      isOpen = false;
      return tokens;
    },
  };
}

/** Undefined: no limit. */
export function toThoughtTokensMax(
  limit: ReasoningLimit | undefined,
  completionTokensMax: number,
): number | undefined {
  if (limit === undefined) return undefined;
  const { effort, tokensMax = Number.POSITIVE_INFINITY } = limit;
  const share =
    effort === undefined ? Number.POSITIVE_INFINITY : Math.floor(effortShares[effort] * completionTokensMax);
  const least = Math.min(share, tokensMax);
  return Number.isFinite(least) ? least : undefined;
}
