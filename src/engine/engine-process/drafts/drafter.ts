import type { DraftUsage } from '../../../backend/generation-event.ts';
import { createDraftAcceptance, expectTokens } from './draft-acceptance.ts';
import { createRepeatFinder } from './repeat-finder.ts';

/** Drafts the next tokens of one answer from its prediction, its prompt and itself, and counts what became of them. */
export interface Drafter {
  /** Rejected are also the tokens of drafts behind the first wrong one, and behind the end of the answer. */
  usage(): DraftUsage;
  /** The token that would be drafted first; undefined: nothing can be drafted. */
  readonly first: number | undefined;
  /** Whether all tokens that came since `begin` were drafted. */
  readonly isRight: boolean;
  /** Tokens that a step makes on average with such a draft. */
  expectTokens(draftTokens: number): number;
  /** Up to `tokensMax` tokens, which are evaluated now and then compared with the sampled ones. */
  begin(tokensMax: number): Uint32Array;
  /** A token has come. */
  take(token: number): void;
}

export interface DraftSources {
  readonly prompt: Uint32Array;
  /** The answer that the client expects; empty if none. */
  readonly prediction: Uint32Array;
  readonly completionTokensMax: number;
}

/** The start of a prediction is trusted as if this many of its tokens had matched. */
const predictionMatchTokens = 12;

export function createDrafter({ prompt, prediction, completionTokensMax }: DraftSources): Drafter {
  const finder = createRepeatFinder(prediction.length + 1 + prompt.length + completionTokensMax);
  const acceptance = createDraftAcceptance();
  for (const token of prediction) finder.append(token);
  finder.appendBorder();
  for (const token of prompt) finder.append(token);
  if (prediction.length > 0) finder.expectStart(predictionMatchTokens);
  let draft: Uint32Array = new Uint32Array();
  let right = 0;
  let isRight = false;
  let acceptedTokens = 0;
  let draftedTokens = 0;
  return {
    usage: () => ({ acceptedTokens, rejectedTokens: draftedTokens - acceptedTokens }),
    get first() {
      return finder.next();
    },
    get isRight() {
      return isRight;
    },
    expectTokens: (draftTokens) => expectTokens(acceptance, finder.matchTokens, draftTokens),
    begin: (tokensMax) => {
      draft = finder.continuation(tokensMax);
      right = 0;
      isRight = true;
      draftedTokens += draft.length;
      return draft;
    },
    take: (token) => {
      isRight = isRight && right < draft.length && draft[right] === token;
      if (isRight) {
        right++;
        acceptedTokens++;
      }
      const expected = finder.next();
      if (expected !== undefined) acceptance.record(finder.matchTokens, expected === token);
      finder.append(token);
    },
  };
}
