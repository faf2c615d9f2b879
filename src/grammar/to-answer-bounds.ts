import type { WritingBounds } from './gbnf/grammar-writer.ts';
import { toCallCharactersMax } from './to-call-characters-max.ts';

const nameCharactersMax = 200;

/**
 * Maximum characters of a string without a bound, in an answer with a response format: the room of a forced
 * call. Undefined: unlimited. If the client sets a token limit, the answer ends with it and says `length`, so
 * no text is shortened silently.
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
    stringCharactersMax,
    nameCharactersMax,
    patternedCharactersMax: any,
    keptCharactersMax: any,
    keptItemsMax: any,
    itemsMax: any,
    othersMax: any,
    freeItemsMax: any,
    levelsMax: any,
  };
}
