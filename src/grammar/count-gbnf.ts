import type { ArgumentsGrammar } from '../backend/tool.ts';

/** UTF-16 code units of all GBNF in it. */
export function countGbnf(grammar: ArgumentsGrammar): number {
  switch (grammar.kind) {
    case 'object':
      return grammar.gbnf.length;
    case 'parameters':
      return grammar.parameters.reduce((sum, { gbnf }) => sum + gbnf.length, 0);
    case 'any-parameters':
      return grammar.value.length;
  }
}
