import type { CompiledGrammar } from './compiled-grammar.ts';
import { fitArgumentBounds } from './fit-argument-bounds.ts';
import { checkGbnf } from './gbnf/check-gbnf.ts';
import type { WritingBounds } from './gbnf/grammar-writer.ts';
import { compileJsonSchema } from './json-schema/compile-json-schema.ts';
import { type CompileLimits, compileLimitsDefault } from './json-schema/compile-run.ts';
import { escapeRules, measureLongestText } from './measure-longest-text.ts';
import { callCharactersMin } from './to-call-characters-max.ts';
import { toArgumentsSchema } from './tool-parameters/to-arguments-schema.ts';

/**
 * The arguments of a tool that the model may choose to call. Such a model knows where to end, and may write a
 * whole file. They are an object that the tool's schema accepts, or `{}` if the schema has no parameters.
 */
export function compileFreeArguments(
  parameters: unknown,
  limits: CompileLimits = compileLimitsDefault,
): CompiledGrammar {
  const compiled = compileJsonSchema(toArgumentsSchema(parameters), { ...limits, rootType: 'object' });
  checkGbnf(compiled.gbnf);
  return compiled;
}

/**
 * The same for a forced call. A small model that must call may never end a string, and a call that is cut off
 * is useless. If the schema allows more than `charactersMax` (see `toCallCharactersMax`), the unbounded parts
 * get bounds.
 */
export function compileToolArguments(
  parameters: unknown,
  charactersMax = callCharactersMin,
  limits: CompileLimits = compileLimitsDefault,
): CompiledGrammar {
  const schema = toArgumentsSchema(parameters);
  const found = fitArgumentBounds(charactersMax, (bounds: WritingBounds) => {
    const compiled = compileJsonSchema(schema, { ...limits, bounds, rootType: 'object' });
    const longest = measureLongestText(checkGbnf(compiled.gbnf), escapeRules);
    return { ...compiled, charactersMax: longest, gbnfCharacters: compiled.gbnf.length };
  });
  const { gbnf, checkedAfterwards } = found;
  return {
    gbnf,
    checkedAfterwards,
    charactersMax: Number.isFinite(found.charactersMax) ? found.charactersMax : undefined,
  };
}
