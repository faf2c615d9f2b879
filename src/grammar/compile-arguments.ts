import type { ArgumentsNotation } from '../backend/tool.ts';
import { compileFreeArguments, compileToolArguments } from './compile-tool-arguments.ts';
import type { CompiledArguments } from './compiled-grammar.ts';
import { countGbnf } from './count-gbnf.ts';
import { fitArgumentBounds } from './fit-argument-bounds.ts';
import type { WritingBounds } from './gbnf/grammar-writer.ts';
import { type CompileLimits, compileLimitsDefault } from './json-schema/compile-run.ts';
import { compileToolParameters } from './tool-parameters/compile-tool-parameters.ts';

/**
 * The arguments of a tool in the notation of the model that calls it. `charactersMax`: of a call that is forced, see
 * `compileToolArguments`; undefined: the model may call or not. Throws `UnsupportedSchemaError`.
 */
export function compileArguments(
  parameters: unknown,
  notation: ArgumentsNotation,
  charactersMax: number | undefined,
  limits: CompileLimits = compileLimitsDefault,
): CompiledArguments {
  if (notation === 'json') {
    const { gbnf, ...compiled } =
      charactersMax === undefined
        ? compileFreeArguments(parameters, limits)
        : compileToolArguments(parameters, charactersMax, limits);
    return { charactersMax: undefined, ...compiled, grammar: { kind: 'object', notation, gbnf } };
  }
  const compile = (bounds: WritingBounds | undefined) =>
    compileToolParameters(parameters, notation, { ...limits, bounds });
  if (charactersMax === undefined) return compile(undefined);
  const found = fitArgumentBounds(charactersMax, (bounds) => {
    const compiled = compile(bounds);
    const longest = compiled.charactersMax ?? Number.POSITIVE_INFINITY;
    return { ...compiled, charactersMax: longest, gbnfCharacters: countGbnf(compiled.grammar) };
  });
  return {
    grammar: found.grammar,
    checkedAfterwards: found.checkedAfterwards,
    charactersMax: Number.isFinite(found.charactersMax) ? found.charactersMax : undefined,
  };
}
