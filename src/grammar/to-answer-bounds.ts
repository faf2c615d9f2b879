import type { WritingBounds } from './gbnf/grammar-writer.ts';
import { callCharactersMin, callCharactersMost, toCallCharactersMax } from './to-call-characters-max.ts';

/** Characters of a text for each token that the client allows: prose has more, so that other parts have room, too. */
const charactersPerToken = 2.5;

const nameCharactersMax = 200;

/**
 * Characters of a string without a bound of its own, in an answer with a form. Where the client says how many tokens there
 * are, about as many as half of them hold in prose; else those of a forced call. In steps of powers of two, so that few
 * grammars of one schema are kept.
 */
export function toAnswerStringCharactersMax(
  maxTokens: number | undefined,
  contextLength: number | undefined,
): number {
  if (maxTokens === undefined) return toCallCharactersMax(undefined, contextLength);
  const least = callCharactersMin / charactersPerToken;
  const steps = Math.floor(Math.log2(Math.max(maxTokens, least) / least));
  return Math.min(callCharactersMost, callCharactersMin * 2 ** steps);
}

/** Strings have an end, and nothing else has a bound: how many items there are is the model's to say. */
export function toAnswerBounds(stringCharactersMax: number): WritingBounds {
  const any = Number.POSITIVE_INFINITY;
  return {
    ...{ stringCharactersMax, nameCharactersMax, patternedCharactersMax: any, keptCharactersMax: any },
    ...{ keptItemsMax: any, itemsMax: any, othersMax: any, freeItemsMax: any, levelsMax: any },
  };
}
