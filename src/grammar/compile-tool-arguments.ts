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

/** What nobody declared is narrowed before what somebody did. */
const barelyFree: WritingBounds = { ...toolArgumentBounds, othersMax: 1, freeItemsMax: 3, levelsMax: 1 };

/** For arguments of many parts, whose bounds multiply: each is narrower than the one before it. */
const narrowerBounds: readonly WritingBounds[] = [
  barelyFree,
  { ...barelyFree, itemsMax: 4 },
  { ...barelyFree, itemsMax: 3, stringCharactersMax: 80, nameCharactersMax: 24 },
];

/** Characters of one that is written as an escape: a backslash, u and four digits. */
const escapeCharacters = 6;

/**
 * Characters of the longest arguments of one call, where bounds of ours can hold them, with every character of a text
 * written as an escape. That is 2,400 as they are: small models write 2 to 4 of them with a token, so that a call
 * ends within 1,024 tokens.
 */
export const argumentsCharactersMax = 2_400 * escapeCharacters;

/** Bytes of a grammar that is not compiled again and again: only with the narrowest bounds. */
const narrowedBytesMax = 65_536;

/**
 * The arguments of a tool: an object that its schema accepts; a tool without a schema takes any. Where the schema
 * leaves room for more than `argumentsCharactersMax`, the bounds are narrowed until it fits, or as far as they go.
 */
export function compileToolArguments(
  parameters: unknown,
  limits: CompileLimits = compileLimitsDefault,
): CompiledGrammar {
  const compile = (bounds: WritingBounds): MeasuredGrammar => {
    const compiled = compileJsonSchema(parameters ?? {}, { ...limits, bounds, rootType: 'object' });
    return { ...compiled, charactersMax: measureLongestText(checkGbnf(compiled.gbnf)) };
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
