import type { Automaton } from '../automaton/automaton.ts';
import { AutomatonTooLargeError } from '../automaton/automaton-limits.ts';
import { patternToAutomaton } from '../regular-expression/pattern-to-automaton.ts';
import { UnsupportedPatternError } from '../regular-expression/unsupported-pattern-error.ts';
import type { CompileRun } from './compile-run.ts';
import type { Located } from './facts.ts';

/** The texts that contain a match of the pattern. Undefined if it has no automaton, which is recorded. */
export function matchPattern(run: CompileRun, { value, path }: Located<string>): Automaton | undefined {
  const automaton = run.automaton(`pattern ${value}`, () => {
    try {
      return patternToAutomaton(value, run.limits);
    } catch (error) {
      if (error instanceof AutomatonTooLargeError || error instanceof UnsupportedPatternError)
        return undefined;
      throw error;
    }
  });
  if (automaton === undefined) run.note(path, 'the pattern is too large for a grammar, or not regular');
  return automaton;
}
