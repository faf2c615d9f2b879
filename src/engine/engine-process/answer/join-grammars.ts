import { checkGbnf } from '../../../grammar/gbnf/check-gbnf.ts';
import { prefixRules } from '../../../grammar/gbnf/embed-grammar.ts';
import { grammarBytesMax } from '../../../grammar/gbnf/grammar-limits.ts';
import { UnsupportedSchemaError } from '../../../grammar/gbnf/unsupported-schema-error.ts';

/** A grammar that matches the texts of both. Throws `UnsupportedSchemaError` if it is too large. */
export function joinGrammars(one: string, other: string): string {
  const joined = `root ::= one-root | other-root\n${prefixRules(one, 'one-')}\n${prefixRules(other, 'other-')}`;
  if (joined.length > grammarBytesMax) {
    throw new UnsupportedSchemaError('', 'The format of the answer and the tools are too large together.');
  }
  return joined;
}

/**
 * Maximum elements of a joined grammar. Checking and opening it blocks all streams; that many elements take
 * about 150 ms.
 */
export const joinedElementsMax = 400_000;

/**
 * Checks a joined grammar, because the checks of its parts don't limit the cost of the whole. Throws
 * `UnsupportedSchemaError` if it is too costly for llama.cpp.
 */
export function checkJoined(gbnf: string): string {
  checkGbnf(gbnf, joinedElementsMax);
  return gbnf;
}
