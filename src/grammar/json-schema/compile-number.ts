import { isEmptyAutomaton } from '../automaton/automaton.ts';
import { AutomatonTooLargeError } from '../automaton/automaton-limits.ts';
import { addAutomaton } from '../gbnf/add-automaton.ts';
import { anyInteger, anyNumber } from '../gbnf/json-rules.ts';
import type { CompileRun } from './compile-run.ts';
import type { Facts, NumberFacts } from './facts.ts';
import { numbersToAutomaton } from './number-language.ts';

/** A rule for the numbers that the facts allow; undefined: there are none. */
export function compileNumber(run: CompileRun, { number, refusedValues }: Facts): string | undefined {
  const refused = refusedValues.filter((value): value is number => typeof value === 'number');
  const { isInteger, lower, upper, multiples } = number;
  const isFree = lower === undefined && upper === undefined && multiples.length === 0 && refused.length === 0;
  if (isFree) return isInteger ? anyInteger(run.writer) : anyNumber(run.writer);
  const key = `number ${JSON.stringify([number, refused])}`;
  const automaton = run.automaton(key, () => toAutomaton(run, number, refused));
  if (automaton === undefined) return isInteger ? anyInteger(run.writer) : anyNumber(run.writer);
  if (isEmptyAutomaton(automaton)) return undefined;
  return addAutomaton(run.writer, automaton, { characters: 'plain', end: '' });
}

function toAutomaton(run: CompileRun, facts: NumberFacts, refused: readonly number[]) {
  const { limits } = run;
  const automatonLimits = { statesMax: limits.statesMax, stepsMax: limits.stepsMax };
  try {
    const exact = numbersToAutomaton(facts, refused, automatonLimits);
    if (exact !== undefined) return exact;
  } catch (error) {
    if (!(error instanceof AutomatonTooLargeError)) throw error;
  }
  for (const { path } of facts.multiples) {
    run.note(path, 'too many remainders');
  }
  return numbersToAutomaton({ ...facts, multiples: [] }, [], automatonLimits);
}

/** Whether a number of an `enum` satisfies the other facts. */
export function isNumberAllowed(value: number, { isInteger, lower, upper, multiples }: NumberFacts): boolean {
  if (isInteger && !Number.isInteger(value)) return false;
  if (lower !== undefined && (lower.isExclusive ? value <= lower.value : value < lower.value)) return false;
  if (upper !== undefined && (upper.isExclusive ? value >= upper.value : value > upper.value)) return false;
  return multiples.every(
    (multiple) => Math.abs(value / multiple.value - Math.round(value / multiple.value)) < 1e-9,
  );
}
