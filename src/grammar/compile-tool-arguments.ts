import type { CompiledGrammar } from './compiled-grammar.ts';
import { fitArgumentBounds } from './fit-argument-bounds.ts';
import { checkGbnf } from './gbnf/check-gbnf.ts';
import { itemRulePrefix, type WritingBounds } from './gbnf/grammar-writer.ts';
import { compileJsonSchema } from './json-schema/compile-json-schema.ts';
import { type CompileLimits, compileLimitsDefault } from './json-schema/compile-run.ts';
import { measureLongestText } from './measure-longest-text.ts';
import { callCharactersMin } from './to-call-characters-max.ts';
import { toArgumentsSchema } from './tool-parameters/to-arguments-schema.ts';

/** Rules of what follows a backslash: a character that is written as an escape counts as one. */
const escapeRules = ['escape', 'whole-escape', 'every-escape'].flatMap((name) => [
  name,
  `${itemRulePrefix}${name}`,
]);

/**
 * The arguments of a tool that the model may call or not: a model that calls of itself knows where to end, and what it
 * writes may be a whole file. An object that the tool's schema accepts; `{}` where it names no parameters.
 */
export function compileFreeArguments(
  parameters: unknown,
  limits: CompileLimits = compileLimitsDefault,
): CompiledGrammar {
  return compileJsonSchema(toArgumentsSchema(parameters), { ...limits, rootType: 'object' });
}

/**
 * The same for a call that is forced: a small model that is made to call may fill a string for ever, and a call that is
 * cut off is worth nothing. Where the schema leaves room for more than `charactersMax` (see `toCallCharactersMax`), what
 * has no bound in it gets one.
 */
export function compileToolArguments(
  parameters: unknown,
  charactersMax = callCharactersMin,
  limits: CompileLimits = compileLimitsDefault,
): CompiledGrammar {
  const schema = toArgumentsSchema(parameters);
  const found = fitArgumentBounds(charactersMax, (bounds: WritingBounds) => {
    const compiled = compileJsonSchema(schema, { ...limits, bounds, rootType: 'object' });
    return { ...compiled, charactersMax: measureLongestText(checkGbnf(compiled.gbnf), escapeRules) };
  });
  const { gbnf, checkedAfterwards, bounds } = found;
  return {
    gbnf,
    checkedAfterwards,
    charactersMax: Number.isFinite(found.charactersMax) ? found.charactersMax : undefined,
    stringCharactersMax: bounds.stringCharactersMax,
  };
}
