import { checkGbnf } from './check-gbnf.ts';
import type { CompiledGrammar } from './compiled-grammar.ts';
import type { WritingBounds } from './gbnf/grammar-writer.ts';
import { compileJsonSchema } from './json-schema/compile-json-schema.ts';
import { type CompileLimits, compileLimitsDefault } from './json-schema/compile-run.ts';

/**
 * What the arguments of a call may grow to where the tool's schema sets no bound. A small model that is made to call
 * may fill a string for ever, and a call that is cut off is worth nothing.
 */
export const toolArgumentBounds: WritingBounds = { stringCharactersMax: 200, itemsMax: 8, levelsMax: 2 };

/** The arguments of a tool: an object that its schema accepts; a tool without a schema takes any. */
export function compileToolArguments(
  parameters: unknown,
  limits: CompileLimits = compileLimitsDefault,
): CompiledGrammar {
  const compiled = compileJsonSchema(parameters ?? {}, {
    ...limits,
    bounds: toolArgumentBounds,
    rootType: 'object',
  });
  checkGbnf(compiled.gbnf);
  return compiled;
}
