import { isEmptyAutomaton } from '../automaton/automaton.ts';
import { AutomatonTooLargeError } from '../automaton/automaton-limits.ts';
import { addAutomaton } from '../gbnf/add-automaton.ts';
import { anyInteger, anyNumber } from '../gbnf/json-rules.ts';
import { isMultipleOf } from '../validator/is-multiple-of.ts';
import type { CompileRun } from './compile-run.ts';
import type { Facts, Located, NumberFacts } from './facts.ts';
import type { JsonValue } from './json.ts';
import { numbersToAutomaton } from './number-language.ts';

/** A rule for the numbers that the facts allow; undefined: there are none. */
export function compileNumber(run: CompileRun, { number, refusedValues }: Facts): string | undefined {
  const refused = refusedValues.filter(({ value }) => typeof value === 'number');
  const { isInteger, lower, upper, multiples, refusesIntegers, refusedMultiples } = number;
  if (isInteger && refusesIntegers) return undefined;
  const isUnbound = lower === undefined && upper === undefined && multiples.length === 0;
  const isNothingRefused = refused.length === 0 && !refusesIntegers && refusedMultiples.length === 0;
  if (isUnbound && isNothingRefused) return isInteger ? anyInteger(run.writer) : anyNumber(run.writer);
  const key = `number ${JSON.stringify([number, refused], (name, value) => (name === 'path' ? undefined : value))}`;
  const automaton = run.automaton(key, () => toAutomaton(run, number, refused));
  if (automaton === undefined) return isInteger ? anyInteger(run.writer) : anyNumber(run.writer);
  if (isEmptyAutomaton(automaton)) return undefined;
  return addAutomaton(run.writer, automaton, { characters: 'plain', end: '' });
}

/** What is too much for an automaton is left out and noted: first multiples, then refused values, then bounds. */
function toAutomaton(run: CompileRun, facts: NumberFacts, refused: readonly Located<JsonValue>[]) {
  const values = refused.map(({ value }) => value).filter((value) => typeof value === 'number');
  const exact = tryAutomaton(run, facts, values);
  if (exact !== undefined) return exact;
  const multiples = [...facts.multiples, ...facts.refusedMultiples];
  for (const { path } of multiples) run.note(path, 'too many remainders');
  const withoutMultiples = { ...facts, multiples: [], refusedMultiples: [] };
  const bounded = multiples.length === 0 ? undefined : tryAutomaton(run, withoutMultiples, values);
  if (bounded !== undefined) return bounded;
  run.note(refused[0]?.path ?? '', 'the numbers take too many digits to tell');
  return refused.length === 0 ? undefined : tryAutomaton(run, withoutMultiples, []);
}

function tryAutomaton({ limits }: CompileRun, facts: NumberFacts, refused: readonly number[]) {
  try {
    return numbersToAutomaton(facts, refused, limits);
  } catch (error) {
    if (error instanceof AutomatonTooLargeError) return undefined;
    throw error;
  }
}

/** Whether a number of an `enum` satisfies the other facts. */
export function isNumberAllowed(value: number, facts: NumberFacts): boolean {
  const { isInteger, lower, upper, multiples, refusesIntegers, refusedMultiples } = facts;
  if (Number.isInteger(value) ? refusesIntegers : isInteger) return false;
  if (refusedMultiples.some((multiple) => isMultipleOf(value, multiple.value))) return false;
  if (lower !== undefined && (lower.isExclusive ? value <= lower.value : value < lower.value)) return false;
  if (upper !== undefined && (upper.isExclusive ? value >= upper.value : value > upper.value)) return false;
  return multiples.every((multiple) => isMultipleOf(value, multiple.value));
}
