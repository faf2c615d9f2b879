import {
  compareNumbers,
  int64Max,
  int64Min,
  isIntegerNumber,
  type JsonNumber,
} from '../../json/exact-number.ts';
import { isNumber, type JsonValue } from '../../json/json-value.ts';
import { writeJson } from '../../json/write-json.ts';
import { isEmptyAutomaton } from '../automaton/automaton.ts';
import { AutomatonTooLargeError } from '../automaton/automaton-limits.ts';
import { addAutomaton } from '../gbnf/add-automaton.ts';
import { anyInt64, anyNumber } from '../gbnf/json-rules.ts';
import { isMultipleOf } from '../validator/is-multiple-of.ts';
import type { CompileRun } from './compile-run.ts';
import type { Bound, Facts, Located, NumberFacts } from './facts.ts';
import { numbersToAutomaton } from './number-language.ts';

/** A rule for the numbers that the facts allow. Undefined if there are none. */
export function compileNumber(run: CompileRun, { number, refusedValues }: Facts): string | undefined {
  const refused = refusedValues.filter(({ value }) => isNumber(value));
  const { isInteger, lower, upper, multiples, refusesIntegers, refusedMultiples } = number;
  if (isInteger && refusesIntegers) return undefined;
  const isUnbound = lower === undefined && upper === undefined && multiples.length === 0;
  const isNothingRefused = refused.length === 0 && !refusesIntegers && refusedMultiples.length === 0;
  if (isUnbound && isNothingRefused) return compileFree(run, isInteger);
  const facts = isInteger ? withinInt64(number) : number;
  const automaton = run.automaton(`number ${toKey(facts, refused)}`, () => toAutomaton(run, facts, refused));
  if (automaton === undefined) return compileFree(run, isInteger);
  if (isEmptyAutomaton(automaton)) return undefined;
  return addAutomaton(run.writer, automaton, { characters: 'plain', end: '' });
}

function compileFree({ writer }: CompileRun, isInteger: boolean): string {
  return isInteger ? anyInt64(writer) : anyNumber(writer);
}

/**
 * Clients in Go, Java, C# or Rust read an integer into 64 bits: on a side where its schema sets no bound, it stays within
 * them, unless the other side lies beyond.
 */
function withinInt64(facts: NumberFacts): NumberFacts {
  const { lower, upper } = facts;
  const isBelow = upper !== undefined && isBeyond(-compareNumbers(upper.value, int64Min), upper);
  const isAbove = lower !== undefined && isBeyond(compareNumbers(lower.value, int64Max), lower);
  return {
    ...facts,
    lower: lower ?? (isBelow ? undefined : { value: int64Min, isExclusive: false }),
    upper: upper ?? (isAbove ? undefined : { value: int64Max, isExclusive: false }),
  };
}

function isBeyond(order: number, bound: Bound): boolean {
  return order > 0 || (order === 0 && bound.isExclusive);
}

/** The same for the same numbers, wherever they stand. */
function toKey(facts: NumberFacts, refused: readonly Located<JsonValue>[]): string {
  const { isInteger, lower, upper, multiples, refusesIntegers, refusedMultiples } = facts;
  const bounds = [lower, upper].map((bound) => bound && [bound.value, bound.isExclusive]);
  const values = [multiples, refusedMultiples, refused].map((list) => list.map(({ value }) => value));
  return writeJson([isInteger, refusesIntegers, ...bounds, ...values]);
}

/**
 * Constraints that are too large for an automaton are dropped and recorded: first multiples, then refused
 * values, then bounds.
 */
function toAutomaton(run: CompileRun, facts: NumberFacts, refused: readonly Located<JsonValue>[]) {
  const values = refused.map(({ value }) => value).filter(isNumber);
  const exact = tryAutomaton(run, facts, values);
  if (exact !== undefined) return exact;
  const multiples = [...facts.multiples, ...facts.refusedMultiples];
  for (const { path } of multiples) run.note(path, 'too many remainders');
  const withoutMultiples = { ...facts, multiples: [], refusedMultiples: [] };
  const bounded = multiples.length === 0 ? undefined : tryAutomaton(run, withoutMultiples, values);
  if (bounded !== undefined) return bounded;
  run.note(refused[0]?.path ?? '', 'the numbers have too many digits');
  return refused.length === 0 ? undefined : tryAutomaton(run, withoutMultiples, []);
}

function tryAutomaton({ limits }: CompileRun, facts: NumberFacts, refused: readonly JsonNumber[]) {
  try {
    const numbers = numbersToAutomaton(facts, refused, limits);
    if (numbers === undefined || facts.isInteger || !isEmptyAutomaton(numbers)) return numbers;
    // Between bounds that round to the same double, there may be an integer, which is read exactly.
    return numbersToAutomaton({ ...facts, isInteger: true }, refused, limits);
  } catch (error) {
    if (error instanceof AutomatonTooLargeError) return undefined;
    throw error;
  }
}

/** Whether a number of an `enum` satisfies the other facts. */
export function isNumberAllowed(value: JsonNumber, facts: NumberFacts): boolean {
  const { isInteger, lower, upper, multiples, refusesIntegers, refusedMultiples } = facts;
  if (isIntegerNumber(value) ? refusesIntegers : isInteger) return false;
  if (refusedMultiples.some((multiple) => isMultipleOf(value, multiple.value))) return false;
  const overLower = lower === undefined ? 1 : compareNumbers(value, lower.value);
  const underUpper = upper === undefined ? 1 : compareNumbers(upper.value, value);
  if (overLower < 0 || (overLower === 0 && lower?.isExclusive === true)) return false;
  if (underUpper < 0 || (underUpper === 0 && upper?.isExclusive === true)) return false;
  return multiples.every((multiple) => isMultipleOf(value, multiple.value));
}
