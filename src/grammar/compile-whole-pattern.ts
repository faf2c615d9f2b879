import type { Automaton } from './automaton/automaton.ts';
import { type AutomatonLimits, AutomatonTooLargeError } from './automaton/automaton-limits.ts';
import { UnsupportedSchemaError } from './gbnf/unsupported-schema-error.ts';
import { fullPatternToAutomaton } from './regular-expression/pattern-to-automaton.ts';
import { UnsupportedPatternError } from './regular-expression/unsupported-pattern-error.ts';

/**
 * The texts that match a pattern entirely. Throws `UnsupportedSchemaError` with a message for the sender of
 * the pattern.
 */
export function compileWholePattern(pattern: string, limits: AutomatonLimits): Automaton {
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
