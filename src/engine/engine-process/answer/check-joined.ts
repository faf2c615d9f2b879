import { checkGbnf } from '../../../grammar/gbnf/check-gbnf.ts';

/**
 * Elements of one grammar that is joined of others. Nobody else's token waits while it is checked and opened, and that
 * many take about 150 ms.
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
