// A thought that has had its tokens is ended by the engine: it feeds the tokens of the tag as if the model had drawn
// them, and the model goes on with its answer.
import type { ReasoningEffort, ReasoningLimit } from '../../../backend/generation-request.ts';
import type { ReasoningTags } from '../../reasoning/reasoning-tags.ts';
import type { PromptTokenizer } from '../prompt/prompt-tokens.ts';

/** Parts of a completion's tokens that may be thoughts. */
export const effortShares: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1 / 16,
  low: 1 / 4,
  medium: 1 / 2,
  high: 3 / 4,
};

/** Tokens that end a thought of this model. */
export interface ThoughtEnds {
  /** What follows is up to the model: calls too, or another thought. */
  readonly open: readonly number[];
  /** What follows is the answer. */
  readonly answer: readonly number[];
}

/** Bounds the thoughts of one answer. */
export interface ThoughtLimit {
  /** Tokens of all its thoughts, 0 or more; the tag that ends a thought comes on top. */
  readonly tokensMax: number;
  /** What ends the thought that goes on now. */
  end(): readonly number[];
}

export function toThoughtEnds(
  { end, next }: ReasoningTags,
  { toMarkerTokens }: Pick<PromptTokenizer, 'toMarkerTokens'>,
): ThoughtEnds {
  // Models write tags that look like HTML on a line of their own.
  const closing = end.startsWith('</') ? `\n${end}` : end;
  return {
    open: [...toMarkerTokens(closing + (next?.any ?? ''))],
    answer: [...toMarkerTokens(closing + (next?.answer ?? ''))],
  };
}

/** Undefined where thoughts are not bounded. `completionTokensMax` is what the shares are shares of. */
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
