import { checkGbnf } from '../../../grammar/gbnf/check-gbnf.ts';

/**
 * Maximum elements of a joined grammar. Checking and opening it blocks all streams; that many elements take
 * about 150 ms.
 */
export const joinedElementsMax = 400_000;

/**
 * Each part was checked where it was compiled, which does not say what the whole costs. Throws `UnsupportedSchemaError`
 * for what is too costly for llama.cpp.
 */
export function checkJoined(gbnf: string): string {
  checkGbnf(gbnf, joinedElementsMax);
  return gbnf;
}
