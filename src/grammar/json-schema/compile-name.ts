import type { Automaton } from '../automaton/automaton.ts';
import { uniteAutomata } from '../automaton/combine-automata.ts';
import { anyText } from '../automaton/expression.ts';
import { lengthBoundedAutomaton } from '../automaton/length-bounded-automaton.ts';
import { toAutomaton } from '../automaton/to-automaton.ts';
import type { CompileRun } from './compile-run.ts';
import { toLanguage } from './compile-string.ts';
import { gatherFacts } from './gather-facts.ts';
import type { SchemaNode } from './schema-document.ts';

/** The names that `propertyNames` allows. */
export function nameLanguage(run: CompileRun, nodes: readonly SchemaNode[]): Automaton | 'any' | 'none' {
  if (nodes.length === 0) return 'any';
  let names: Automaton | 'none' = 'none';
  for (const facts of gatherFacts(run, nodes)) {
    if (!facts.types.has('string')) continue;
    const language = toLanguage(run, facts);
    if (language === 'none') continue;
    const { string } = facts;
    const automaton = language === 'any' ? lengthsOnly(run, string.minLength, string.maxLength) : language;
    names = names === 'none' ? automaton : uniteAutomata(names, automaton, run.limits);
  }
  return names;
}

/** Names longer than this are counted by the validator. */
const nameLengthMax = 500;

function lengthsOnly(run: CompileRun, min: number, max: number): Automaton {
  if (min === 0 && max > nameLengthMax) return toAutomaton(anyText, run.limits);
  return lengthBoundedAutomaton(
    Math.min(min, nameLengthMax),
    max > nameLengthMax ? Number.POSITIVE_INFINITY : max,
  );
}
