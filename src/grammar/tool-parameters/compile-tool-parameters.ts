import type { ParameterNotation } from '../../backend/tool.ts';
import { isArray, isObject, type JsonValue } from '../../json/json-value.ts';
import type { CompiledArguments, CompiledGrammar } from '../compiled-grammar.ts';
import { checkGbnf } from '../gbnf/check-gbnf.ts';
import { addGemmaValue } from '../gbnf/gemma-value-grammar.ts';
import { createGrammarWriter } from '../gbnf/grammar-writer.ts';
import { UnsupportedSchemaError } from '../gbnf/unsupported-schema-error.ts';
import { compileSchemaPart } from '../json-schema/compile-json-schema.ts';
import type { CompileLimits } from '../json-schema/compile-run.ts';
import { openSchemaDocument } from '../json-schema/schema-document.ts';
import { escapeRules, measureLongestText } from '../measure-longest-text.ts';
import { type DeclaredParameter, listToolParameters } from './list-tool-parameters.ts';
import { takesAnyParameters, toArgumentsSchema } from './to-arguments-schema.ts';

/** Parameters of a tool that takes any. */
const anyParametersMax = 16;

/** Characters of a name that the form makes room for where a tool takes any parameters. */
const anyNameCharactersMax = 64;

/**
 * The arguments of a tool in a syntax that writes each parameter separately. Undeclared parameters are left
 * out, unless none is declared and any are allowed. The longest text is known only if `limits` has bounds.
 * Throws `UnsupportedSchemaError` if a parameter can't be compiled, or if all together exceed `limits`.
 */
export function compileToolParameters(
  parameters: unknown,
  notation: ParameterNotation,
  limits: CompileLimits,
): CompiledArguments {
  if (takesAnyParameters(parameters)) return compileAnyParameters(notation, limits);
  const schema = toArgumentsSchema(parameters);
  const document = openSchemaDocument(schema);
  const textCharactersMax = limits.bounds?.stringCharactersMax;
  let gbnfLeft = limits.grammarBytesMax;
  let charactersMax = 0;
  const listed = listToolParameters(schema, ({ name, kind, property, keys }) => {
    // A value that is not a schema is reported as a malformed keyword and has no effect.
    const start = document.child(document.root, ...keys) ?? document.derive(document.root, 'any', () => true);
    const json = measure(compileSchemaPart(document, start, limits), limits);
    const gbnf = toNotation(json.gbnf, { property, kind }, notation, limits);
    charactersMax += name.length + (json.charactersMax ?? 0);
    gbnfLeft -= gbnf.length;
    if (gbnfLeft < 0) throw createTooLargeError(limits);
    return { ...json, gbnf };
  });
  return {
    grammar: { kind: 'parameters', notation, parameters: listed.parameters, textCharactersMax },
    checkedAfterwards: listed.checkedAfterwards,
    charactersMax: limits.bounds && charactersMax,
  };
}

function compileAnyParameters(notation: ParameterNotation, limits: CompileLimits): CompiledArguments {
  const { bounds } = limits;
  const document = openSchemaDocument(true);
  const json = measure(compileSchemaPart(document, document.root, limits), limits);
  const parametersMax = Math.min(anyParametersMax, bounds?.freeItemsMax ?? anyParametersMax);
  const property = { property: true, kind: 'mixed' } as const;
  return {
    grammar: {
      kind: 'any-parameters',
      notation,
      parametersMax,
      value: notation === 'tagged' ? '' : toNotation(json.gbnf, property, notation, limits),
      textCharactersMax: bounds?.stringCharactersMax,
    },
    checkedAfterwards: [],
    charactersMax: bounds && parametersMax * (anyNameCharactersMax + (json.charactersMax ?? 0)),
  };
}

function measure(compiled: CompiledGrammar, { bounds }: CompileLimits): CompiledGrammar {
  const rules = checkGbnf(compiled.gbnf);
  return bounds === undefined
    ? compiled
    : { ...compiled, charactersMax: measureLongestText(rules, escapeRules) };
}

/** A value in the tool's notation, from its grammar in JSON. */
function toNotation(
  json: string,
  { property, kind }: Pick<DeclaredParameter, 'property' | 'kind'>,
  notation: ParameterNotation,
  limits: CompileLimits,
): string {
  switch (notation) {
    case 'tagged':
      return kind === 'text' ? '' : json;
    case 'python':
      return hasType(property, ['boolean']) ? toPythonBooleans(property) : json;
    case 'gemma': {
      // Numbers and the like are written as in JSON, and that grammar also holds their limits.
      if (hasType(property, ['integer', 'number', 'boolean', 'null'])) return json;
      const writer = createGrammarWriter(limits);
      const gbnf = writer.print(addGemmaValue(writer, property));
      checkGbnf(gbnf);
      return gbnf;
    }
  }
}

function hasType(property: JsonValue, types: readonly string[]): boolean {
  return isObject(property) && types.some((type) => property['type'] === type);
}

function toPythonBooleans(property: JsonValue): string {
  const { const: only, enum: listed } = isObject(property) ? property : {};
  const values = only !== undefined ? [only] : isArray(listed) ? listed : [true, false];
  const words = [true, false]
    .filter((value) => values.includes(value))
    .map((value) => (value ? 'True' : 'False'));
  return `root ::= ${words.map((word) => `"${word}"`).join(' | ')}\n`;
}

function createTooLargeError({ grammarBytesMax }: CompileLimits): UnsupportedSchemaError {
  return new UnsupportedSchemaError(
    '',
    `The schema is too large: the grammars of its parameters would have more than ${grammarBytesMax} characters.`,
  );
}
