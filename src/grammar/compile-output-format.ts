import type { OutputFormat } from '../backend/output-format.ts';
import type { Automaton } from './automaton/automaton.ts';
import { isEmptyAutomaton } from './automaton/automaton.ts';
import { AutomatonTooLargeError } from './automaton/automaton-limits.ts';
import { textsToAutomaton } from './automaton/texts-to-automaton.ts';
import type { CompiledGrammar } from './compiled-grammar.ts';
import { addAutomaton } from './gbnf/add-automaton.ts';
import { createGrammarWriter } from './gbnf/grammar-writer.ts';
import { anyObject } from './gbnf/json-rules.ts';
import { compileJsonSchema } from './json-schema/compile-json-schema.ts';
import { type CompileLimits, compileLimitsDefault } from './json-schema/compile-run.ts';
import { fullPatternToAutomaton } from './regular-expression/pattern-to-automaton.ts';
import { UnsupportedPatternError } from './regular-expression/unsupported-pattern-error.ts';
import { UnsupportedSchemaError } from './unsupported-schema-error.ts';

/** Throws `UnsupportedSchemaError` for what can't be enforced and for what is larger than `limits`. */
export function compileOutputFormat(
  format: OutputFormat,
  limits: CompileLimits = compileLimitsDefault,
): CompiledGrammar {
  switch (format.kind) {
    case 'json-schema':
      return compileJsonSchema(format.schema, limits);
    case 'json-object': {
      const writer = createGrammarWriter(limits);
      return { gbnf: writer.print(anyObject(writer)), checkedAfterwards: [] };
    }
    case 'pattern':
      return print(compilePattern(format.pattern, limits), limits);
    case 'choice':
      return print(textsToAutomaton(format.choices), limits);
    case 'grammar':
      return passGrammar(format.grammar, limits);
  }
}

function compilePattern(pattern: string, limits: CompileLimits): Automaton {
  try {
    return fullPatternToAutomaton(pattern, limits);
  } catch (error) {
    if (error instanceof UnsupportedPatternError) {
      throw new UnsupportedSchemaError('', error.message);
    }
    if (error instanceof AutomatonTooLargeError) {
      throw new UnsupportedSchemaError('', `The pattern is too large: ${error.message}`);
    }
    throw error;
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

/** A grammar of the client's own: whether it parses is the engine's to say. */
function passGrammar(grammar: string, { grammarBytesMax }: CompileLimits): CompiledGrammar {
  if (grammar.length > grammarBytesMax) {
    throw new UnsupportedSchemaError('', `The grammar has more than ${grammarBytesMax} characters.`);
  }
  if (!/^[ \t]*root[ \t]*::=/m.test(grammar)) {
    throw new UnsupportedSchemaError('', "The grammar has no rule of the name 'root', where it would begin.");
  }
  return { gbnf: grammar, checkedAfterwards: [] };
}
