import type { OutputFormat } from '../backend/output-format.ts';
import type { Automaton } from './automaton/automaton.ts';
import { isEmptyAutomaton } from './automaton/automaton.ts';
import { textsToAutomaton } from './automaton/texts-to-automaton.ts';
import { compileWholePattern } from './compile-whole-pattern.ts';
import type { CompiledGrammar } from './compiled-grammar.ts';
import { addAutomaton } from './gbnf/add-automaton.ts';
import { checkGbnf } from './gbnf/check-gbnf.ts';
import { createGrammarWriter } from './gbnf/grammar-writer.ts';
import { anyObject } from './gbnf/json-rules.ts';
import { UnsupportedSchemaError } from './gbnf/unsupported-schema-error.ts';
import { compileJsonSchema } from './json-schema/compile-json-schema.ts';
import { type CompileLimits, compileLimitsDefault } from './json-schema/compile-run.ts';

/**
 * Throws `UnsupportedSchemaError` for formats that can't be enforced, exceed `limits`, or compile to a
 * grammar that would harm other requests in llama.cpp.
 */
export function compileOutputFormat(
  format: OutputFormat,
  limits: CompileLimits = compileLimitsDefault,
): CompiledGrammar {
  const compiled = compile(format, limits);
  checkGbnf(compiled.gbnf);
  return compiled;
}

function compile(format: OutputFormat, limits: CompileLimits): CompiledGrammar {
  switch (format.kind) {
    case 'json-schema':
      return compileJsonSchema(format.schema, limits);
    case 'json-object': {
      const writer = createGrammarWriter(limits);
      return { gbnf: writer.print(anyObject(writer)), checkedAfterwards: [] };
    }
    case 'pattern':
      return print(compileWholePattern(format.pattern, limits), limits);
    case 'choice':
      return print(textsToAutomaton(format.choices), limits);
    case 'grammar':
      return passGrammar(format.grammar, limits);
  }
}

function print(automaton: Automaton, limits: CompileLimits): CompiledGrammar {
  if (isEmptyAutomaton(automaton)) {
    throw new UnsupportedSchemaError('', 'No text satisfies this.');
  }
  const writer = createGrammarWriter(limits);
  const root = addAutomaton(writer, automaton, { characters: 'plain', end: '' });
  return { gbnf: writer.print(root), checkedAfterwards: [] };
}

/** A grammar of the client's own. */
function passGrammar(grammar: string, limits: CompileLimits): CompiledGrammar {
  if (grammar.length > limits.grammarBytesMax) {
    throw new UnsupportedSchemaError('', `The grammar has more than ${limits.grammarBytesMax} characters.`);
  }
  return { gbnf: grammar, checkedAfterwards: [] };
}
