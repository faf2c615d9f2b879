import { checkGbnf } from './check-gbnf.ts';
import type { CompiledGrammar } from './compiled-grammar.ts';
import type { WritingBounds } from './gbnf/grammar-writer.ts';
import { compileJsonSchema } from './json-schema/compile-json-schema.ts';
import { type CompileLimits, compileLimitsDefault } from './json-schema/compile-run.ts';
import { measureLongestText } from './measure-longest-text.ts';

/**
 * What the arguments of a call may grow to where the tool's schema sets no bound. A small model that is made to call
 * may fill a string for ever, and a call that is cut off is worth nothing.
 */
export const toolArgumentBounds: WritingBounds = {
  stringCharactersMax: 200,
  nameCharactersMax: 40,
  itemsMax: 8,
  othersMax: 8,
  freeItemsMax: 8,
  levelsMax: 2,
};

/** What nobody declared is left out before what somebody did is narrowed. */
const closed: WritingBounds = { ...toolArgumentBounds, othersMax: 0, freeItemsMax: 3, levelsMax: 1 };

/** For arguments of many parts, whose bounds multiply: each is narrower than the one before it. */
const narrowerBounds: readonly WritingBounds[] = [
  closed,
  { ...closed, itemsMax: 4, nameCharactersMax: 24 },
  { ...closed, itemsMax: 3, stringCharactersMax: 80, nameCharactersMax: 24 },
  { ...closed, itemsMax: 2, stringCharactersMax: 40, nameCharactersMax: 16, freeItemsMax: 2 },
];

/** Rules of what follows a backslash: a character that is written as an escape counts as one. */
const escapeRules = ['escape', 'whole-escape', 'every-escape'];

/**
 * Characters of the longest arguments of one forced call, where bounds of ours can hold them. A small model at a high
 * temperature writes as few as one and a half of them with a token, so that two calls end within 1,024 tokens.
 */
export const argumentsCharactersMax = 720;

/** Bytes of a grammar that is not compiled again and again: only with the narrowest bounds. */
const narrowedBytesMax = 65_536;

/**
 * The arguments of a tool that the model may call or not: a model that calls of itself knows where to end, and what it
 * writes may be a whole file. An object that the tool's schema accepts; a tool without a schema takes any.
 */
export function compileFreeArguments(
  parameters: unknown,
  limits: CompileLimits = compileLimitsDefault,
): CompiledGrammar {
  return compileJsonSchema(parameters ?? {}, { ...limits, rootType: 'object' });
}

/**
 * The same for a call that is forced. Where the schema leaves room for more than `argumentsCharactersMax`, the bounds are narrowed until it fits, or as far as they go.
 */
export function compileToolArguments(
  parameters: unknown,
  limits: CompileLimits = compileLimitsDefault,
): CompiledGrammar {
  const compile = (bounds: WritingBounds): MeasuredGrammar => {
    const compiled = compileJsonSchema(parameters ?? {}, { ...limits, bounds, rootType: 'object' });
    return { ...compiled, charactersMax: measureLongestText(checkGbnf(compiled.gbnf), escapeRules) };
  };
  let found = compile(toolArgumentBounds);
  const narrower = found.gbnf.length > narrowedBytesMax ? narrowerBounds.slice(-1) : narrowerBounds;
  for (const bounds of narrower) {
    if (found.charactersMax <= argumentsCharactersMax) break;
    found = compile(bounds);
  }
  const { charactersMax } = found;
  return { ...found, charactersMax: Number.isFinite(charactersMax) ? charactersMax : undefined };
}

interface MeasuredGrammar extends CompiledGrammar {
  readonly charactersMax: number;
}
