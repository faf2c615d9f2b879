import { prefixRules } from '../../../grammar/gbnf/embed-grammar.ts';
import { grammarBytesMax } from '../../../grammar/gbnf/grammar-limits.ts';
import { UnsupportedSchemaError } from '../../../grammar/gbnf/unsupported-schema-error.ts';

/** A text that either grammar matches. Throws `UnsupportedSchemaError` where that is too large. */
export function joinGrammars(one: string, other: string): string {
  const joined = `root ::= one-root | other-root\n${prefixRules(one, 'one-')}\n${prefixRules(other, 'other-')}`;
  if (joined.length > grammarBytesMax) {
    throw new UnsupportedSchemaError('', 'The format of the answer and the tools are too large together.');
  }
  return joined;
}
