import type { WritingBounds } from './gbnf/grammar-writer.ts';
import { toCallCharactersMax } from './to-call-characters-max.ts';

const nameCharactersMax = 200;

/**
 * Characters of a string without a bound of its own, in an answer with a form: the room of a forced call. undefined: no
 * bound. Where the client says how many tokens there are, the answer ends with them and says `length`: a text is not cut
 * short in silence.
 */
export function toAnswerStringCharactersMax(
  maxTokens: number | undefined,
  contextLength: number | undefined,
): number | undefined {
  return maxTokens === undefined ? toCallCharactersMax(undefined, contextLength) : undefined;
}

/** Strings have an end, and nothing else has a bound: how many items there are is the model's to say. */
export function toAnswerBounds(stringCharactersMax: number): WritingBounds {
  const any = Number.POSITIVE_INFINITY;
  return {
    ...{ stringCharactersMax, nameCharactersMax, patternedCharactersMax: any, keptCharactersMax: any },
    ...{ keptItemsMax: any, itemsMax: any, othersMax: any, freeItemsMax: any, levelsMax: any },
  };
}
