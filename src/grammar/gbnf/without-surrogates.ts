import type { Automaton } from '../automaton/automaton.ts';
import type { AutomatonLimits } from '../automaton/automaton-limits.ts';
import { type CodePointSet, complement } from '../automaton/code-point-set.ts';
import { intersectAutomata } from '../automaton/combine-automata.ts';
import { characters, repeat } from '../automaton/expression.ts';
import { toAutomaton } from '../automaton/to-automaton.ts';

/** Halves of surrogate pairs. */
export const surrogates: CodePointSet = [0xd800, 0xdfff];

/**
 * The texts that have no half of a surrogate pair. JSON can write one as an escape, but two of them side by side are
 * another character, which the automaton may refuse; so `addAutomaton` never writes any. An automaton in which no move
 * needs one comes back as it is.
 */
export function withoutSurrogates(automaton: Automaton, limits: AutomatonLimits): Automaton {
  const isNeeded = automaton.states.some(({ transitions }) =>
    transitions.some(({ characters: set }) => (set[0] ?? 0) >= 0xd800 && (set.at(-1) ?? 0) <= 0xdfff),
  );
  if (!isNeeded) return automaton;
  const whole = repeat(characters(complement(surrogates)), 0, Number.POSITIVE_INFINITY);
  return intersectAutomata(automaton, toAutomaton(whole, limits), limits);
}
