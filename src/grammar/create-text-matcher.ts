import { acceptsText } from './automaton/automaton.ts';
import { AutomatonTooLargeError } from './automaton/automaton-limits.ts';
import { compileLimitsDefault } from './json-schema/compile-run.ts';
import { patternToAutomaton } from './regular-expression/pattern-to-automaton.ts';
import type { TextMatcher } from './text-matcher.ts';

/**
 * Runs a pattern in linear time, with the automaton that its grammar is made of. One that is too large for an
 * automaton is left to RegExp, which some patterns keep busy for ever: whoever checks an answer must be able to end
 * the check. Throws `UnsupportedPatternError` for what is no regular language, such as a reference back to a group.
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
    // Without the flag, escapes such as \- and lone braces are what their authors took them for.
    return new RegExp(source);
  }
}
