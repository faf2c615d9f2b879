import { acceptsText } from './automaton/automaton.ts';
import { AutomatonTooLargeError } from './automaton/automaton-limits.ts';
import { compileLimitsDefault } from './json-schema/compile-run.ts';
import { patternToAutomaton } from './regular-expression/pattern-to-automaton.ts';
import type { TextMatcher } from './text-matcher.ts';

/**
 * Matches a pattern in linear time, with the automaton of its grammar. A pattern that is too large for an
 * automaton falls back to RegExp, which some patterns keep busy forever, so the caller must be able to stop
 * the check. Throws `UnsupportedPatternError` for patterns that are not regular, for example with a
 * back-reference.
 */
export function createTextMatcher(source: string): TextMatcher {
  try {
    const automaton = patternToAutomaton(source, compileLimitsDefault);
    return { test: (text) => acceptsText(automaton, text) };
  } catch (error) {
    if (!(error instanceof AutomatonTooLargeError)) throw error;
    return toRegExp(source);
  }
}

function toRegExp(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    // Without the flag, escapes such as \- and lone braces have the meaning that their authors expect.
    return new RegExp(source);
  }
}
