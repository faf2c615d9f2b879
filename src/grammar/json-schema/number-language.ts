import { compareNumbers, isIntegerNumber, type JsonNumber, toPlaces } from '../../json/exact-number.ts';
import { type Automaton, type AutomatonState, isEmptyAutomaton } from '../automaton/automaton.ts';
import type { AutomatonLimits } from '../automaton/automaton-limits.ts';
import { intersectAutomata, subtractAutomata } from '../automaton/combine-automata.ts';
import {
  characters,
  choice,
  type Expression,
  emptyText,
  optional,
  repeat,
  sequence,
  text,
} from '../automaton/expression.ts';
import { toAutomaton } from '../automaton/to-automaton.ts';
import type { Bound, NumberFacts } from './facts.ts';
import { listMultiples } from './listed-multiples.ts';
import { nextAbove, nextBelow } from './neighbouring-number.ts';

// Numbers are texts, and a range of them is a regular language: a number is at least 12.5 when it has more digits
// before the point, or the same and a greater one at the first place where they differ, or the same ones.

/** Digits before the point at most, and after it: what JavaScript prints, and nothing that a model could babble. */
const wholeDigitsMax = 21;
const fractionDigitsMax = 20;

/** No text of ours is a greater number. */
const magnitudeMax = 10 ** wholeDigitsMax;

/** Remainders that a `multipleOf` may have: each is a state. */
const remaindersMax = 1_000;

const digit = digitsFrom(0, 9);
const nonZeroDigit = digitsFrom(1, 9);

/** The texts of the numbers that satisfy these facts; undefined: too much for an automaton. */
export function numbersToAutomaton(
  { isInteger, lower, upper, multiples, refusesIntegers, refusedMultiples }: NumberFacts,
  refused: readonly JsonNumber[],
  limits: AutomatonLimits,
): Automaton | undefined {
  const fraction = isInteger ? emptyText : optional(sequence(text('.'), repeat(digit, 1, fractionDigitsMax)));
  const anyMagnitude = sequence(anyWhole(wholeDigitsMax), fraction);
  let numbers = toAutomaton(sequence(optional(text('-')), anyMagnitude), limits);
  const restrict = (expression: Expression) => {
    numbers = intersectAutomata(numbers, toAutomaton(expression, limits), limits);
  };
  const least = lower === undefined ? Number.NEGATIVE_INFINITY : toDouble(lower.value);
  const most = upper === undefined ? Number.POSITIVE_INFINITY : toDouble(upper.value);
  if (least > magnitudeMax || most < -magnitudeMax) return toAutomaton(choice(), limits);
  if (lower !== undefined && least >= -magnitudeMax) {
    restrict(toAtLeast(toTextBound(lower, isInteger, 'above')));
  }
  if (upper !== undefined && most <= magnitudeMax) {
    restrict(toAtMost(toTextBound(upper, isInteger, 'below')));
  }
  for (const { value } of multiples.filter((one) => hasFewRemainders(one.value))) {
    const grid = multiplesToAutomaton(value);
    const isOutside = (digits: number) => least >= 10 ** digits || most <= -(10 ** digits);
    const exactDigits = toExactWholeDigits(value);
    const wholeDigits = isOutside(exactDigits) ? toWholeDigitsMax(value) : exactDigits;
    if (grid === undefined || wholeDigits < 1 || isOutside(wholeDigits)) return undefined;
    numbers = intersectAutomata(numbers, grid, limits);
    restrict(sequence(optional(text('-')), anyWhole(wholeDigits), anyFraction));
  }
  if (multiples.some((one) => !hasFewRemainders(one.value))) {
    const divisors = multiples.map(({ value }) => value);
    const wholeDigits = Math.min(...divisors.map(toWholeDigitsMax));
    const bounds = { lower: lower?.value, upper: upper?.value, wholeDigitsMax: wholeDigits };
    numbers = intersectAutomata(numbers, listMultiples(divisors, bounds), limits);
    if (isEmptyAutomaton(numbers)) return undefined;
  }
  if (refusesIntegers) restrict(exactNumbers(false));
  for (const { value } of refusedMultiples) {
    const factor = toSmallFactor(value);
    const grid = factor === undefined ? atLeastInMagnitude(value, limits) : multiplesToAutomaton(factor);
    if (grid === undefined) return undefined;
    restrict(exactNumbers(true));
    numbers = subtractAutomata(numbers, grid, limits);
    if (factor !== value && isEmptyAutomaton(numbers)) return undefined;
  }
  for (const value of refused.filter((one) => Math.abs(toDouble(one)) <= magnitudeMax)) {
    numbers = subtractAutomata(numbers, toEqual(value, isInteger, limits), limits);
  }
  return numbers;
}

/**
 * A text represents the nearest number: 4.99999999999999999 is 5. Rounding preserves order, so a text within
 * an inclusive bound gives a number within it. An exclusive bound becomes the adjacent number. Near zero, and
 * for whole numbers that a computer represents exactly, texts and numbers are the same.
 */
function toTextBound({ value, isExclusive }: Bound, isInteger: boolean, side: 'above' | 'below'): Bound {
  const double = toDouble(value);
  // Integers of any size are compared as they are.
  if (double === 0 || (isInteger && isIntegerNumber(value))) return { value, isExclusive };
  const order = compareNumbers(double, value);
  const isWithin = side === 'above' ? order >= 0 : order <= 0;
  const isNeighbour = !isWithin || (order === 0 && isExclusive);
  const neighbour = side === 'above' ? nextAbove(double) : nextBelow(double);
  const nearest = isNeighbour ? neighbour : double;
  return Number.isFinite(nearest) ? { value: nearest, isExclusive: false } : { value, isExclusive };
}

function toDouble(value: JsonNumber): number {
  return typeof value === 'number' ? value : value.toNumber();
}

/**
 * Numbers with so few digits that each text is a distinct number, without a trailing zero in a fraction. So a
 * text outside of a set is a number outside of it. With a fraction all of them, or also the ones without.
 */
function exactNumbers(withIntegers: boolean): Expression {
  const options = Array.from({ length: exactDigitsMax - 1 }, (_, index) =>
    sequence(anyWhole(index + 1), text('.'), repeat(digit, 0, exactDigitsMax - index - 2), nonZeroDigit),
  );
  const whole = withIntegers ? [anyWhole(exactDigitsMax)] : [];
  return sequence(optional(text('-')), choice(...whole, ...options));
}

/**
 * Up to this many digits every decimal is a distinct number: 15 digits survive a round trip through a double.
 */
const exactDigitsMax = 15;

/** Digits before the point with which every multiple of a decimal comes back from a double as it was written. */
function toExactWholeDigits(divisor: JsonNumber): number {
  // However the last digits are rounded, a large number is whole.
  return divisor === 1 ? wholeDigitsMax : exactDigitsMax - toPlaces(divisor).fraction.length;
}

/** Taking a larger one's multiples out of all numbers takes too many states. */
const smallFactorMax = 10;

/**
 * A number whose multiples include all multiples of this one, with few remainders. Undefined if there is
 * none.
 */
function toSmallFactor(divisor: JsonNumber): JsonNumber | undefined {
  if (hasFewRemainders(divisor)) return divisor;
  const { grid, places } = toGrid(divisor);
  if (places > 0 || !Number.isSafeInteger(grid)) return undefined;
  for (let factor = smallFactorMax; factor > 1; factor -= 1) if (grid % factor === 0) return factor;
  return undefined;
}

/** Zero, and all numbers that are as far from it as this one: its multiples are among them. */
function atLeastInMagnitude(value: JsonNumber, limits: AutomatonLimits): Automaton {
  const magnitude = magnitudeAtLeast(toPlaces(value), false);
  const zero = sequence(text('0'), optional(sequence(text('.'), repeat(text('0'), 1, fractionDigitsMax))));
  return toAutomaton(sequence(optional(text('-')), choice(zero, magnitude)), limits);
}

/** A whole number is read exactly, however long it is. */
function toWholeDigitsMax(divisor: JsonNumber): number {
  return isIntegerNumber(divisor) ? wholeDigitsMax : toExactWholeDigits(divisor);
}

/** The texts for this number, without texts that represent an adjacent number and print as that. */
function toEqual(value: JsonNumber, isInteger: boolean, limits: AutomatonLimits): Automaton {
  const double = toDouble(value);
  const isWhole = isIntegerNumber(value) && (isInteger || typeof value !== 'number');
  if (double === 0 || isWhole) {
    const zeros = optional(sequence(text('.'), repeat(text('0'), 1, Number.POSITIVE_INFINITY)));
    const sign = double === 0 ? optional(text('-')) : text(double < 0 ? '-' : '');
    const digits = double === 0 ? '0' : toPlaces(value).whole;
    return toAutomaton(sequence(sign, text(digits), zeros), limits);
  }
  const above = toAutomaton(toAtLeast({ value: nextBelow(double), isExclusive: true }), limits);
  const below = toAutomaton(toAtMost({ value: nextAbove(double), isExclusive: true }), limits);
  return intersectAutomata(above, below, limits);
}

function digitsFrom(from: number, to: number): Expression {
  return characters(from > to ? [] : [0x30 + from, 0x30 + to]);
}

function anyWhole(digitsMax: number): Expression {
  if (digitsMax <= 0) return choice();
  return choice(text('0'), sequence(nonZeroDigit, repeat(digit, 0, digitsMax - 1)));
}

const anyDigits = repeat(digit, 0, Number.POSITIVE_INFINITY);
const anyFraction = optional(sequence(text('.'), digit, anyDigits));

function toAtLeast({ value, isExclusive }: Bound): Expression {
  const magnitude = toPlaces(value);
  const sign = compareNumbers(value, 0);
  if (sign > 0 || (sign === 0 && isExclusive)) return magnitudeAtLeast(magnitude, isExclusive);
  const positive = sequence(anyWhole(wholeDigitsMax), anyFraction);
  return sign === 0
    ? positive
    : choice(positive, sequence(text('-'), magnitudeAtMost(magnitude, isExclusive)));
}

function toAtMost({ value, isExclusive }: Bound): Expression {
  const magnitude = toPlaces(value);
  const sign = compareNumbers(value, 0);
  if (sign < 0 || (sign === 0 && isExclusive)) {
    return sequence(text('-'), magnitudeAtLeast(magnitude, isExclusive));
  }
  const negative = sequence(text('-'), anyWhole(wholeDigitsMax), anyFraction);
  return choice(negative, magnitudeAtMost(magnitude, isExclusive));
}

/** A magnitude written out. */
type Decimal = ReturnType<typeof toPlaces>;

/** No text has more digits after the point, so none lies between a longer bound and its beginning. */
function cutFraction({ whole, fraction }: Decimal): Decimal & { readonly isCut: boolean } {
  const isCut = fraction.length > fractionDigitsMax;
  return { whole, fraction: fraction.slice(0, fractionDigitsMax).replace(/0+$/, ''), isCut };
}

function magnitudeAtLeast(decimal: Decimal, isExclusiveWhole: boolean): Expression {
  const { whole, fraction, isCut } = cutFraction(decimal);
  const isExclusive = isExclusiveWhole || isCut;
  const longer = sequence(nonZeroDigit, repeat(digit, whole.length, Math.max(wholeDigitsMax, whole.length)));
  const greater = differingDigits(whole, (at, place) => digitsFrom(Math.max(at + 1, place === 0 ? 1 : 0), 9));
  const above = sequence(choice(longer, ...greater), anyFraction);
  return choice(above, sequence(text(whole), fractionAtLeast(fraction, isExclusive)));
}

function fractionAtLeast(fraction: string, isExclusive: boolean): Expression {
  const more = isExclusive ? sequence(anyDigits, nonZeroDigit, anyDigits) : anyDigits;
  if (fraction === '') {
    return isExclusive ? sequence(text('.'), more) : anyFraction;
  }
  const options: Expression[] = [sequence(text(fraction), more)];
  for (let place = 0; place < fraction.length; place += 1) {
    const at = Number(fraction[place]);
    options.push(sequence(text(fraction.slice(0, place)), digitsFrom(at + 1, 9), anyDigits));
  }
  return sequence(text('.'), choice(...options));
}

function magnitudeAtMost(decimal: Decimal, isExclusiveWhole: boolean): Expression {
  const { whole, fraction, isCut } = cutFraction(decimal);
  const isExclusive = isExclusiveWhole && !isCut;
  const shorter = anyWhole(whole.length - 1);
  const isZero = whole === '0';
  const less = isZero
    ? []
    : differingDigits(whole, (at, place) => digitsFrom(place === 0 && whole.length > 1 ? 1 : 0, at - 1));
  const below = sequence(choice(shorter, ...less), anyFraction);
  const equal = fractionAtMost(fraction, isExclusive);
  return equal === undefined ? below : choice(below, sequence(text(whole), equal));
}

/** undefined: none. */
function fractionAtMost(fraction: string, isExclusive: boolean): Expression | undefined {
  const zeros = repeat(text('0'), 0, Number.POSITIVE_INFINITY);
  if (fraction === '') {
    return isExclusive ? undefined : optional(sequence(text('.'), text('0'), zeros));
  }
  const options: Expression[] = isExclusive ? [] : [sequence(text(fraction), zeros)];
  for (let place = 0; place < fraction.length; place += 1) {
    const at = Number(fraction[place]);
    options.push(sequence(text(fraction.slice(0, place)), digitsFrom(0, at - 1), anyDigits));
    // A beginning of the digits, which ends in no zero, is less than all of them.
    if (place > 0) options.push(text(fraction.slice(0, place)));
  }
  return optional(sequence(text('.'), choice(...options)));
}

/** Texts as long as `digits` with the same start and then, at one place, a digit that `pick` allows. */
function differingDigits(digits: string, pick: (at: number, place: number) => Expression): Expression[] {
  return [...digits].map((at, place) => {
    const after = digits.length - place - 1;
    return sequence(text(digits.slice(0, place)), pick(Number(at), place), repeat(digit, after, after));
  });
}

function toGrid(divisor: JsonNumber): { readonly grid: number; readonly places: number } {
  const { whole, fraction } = toPlaces(divisor);
  return { grid: Number(whole + fraction), places: fraction.length };
}

function hasFewRemainders(divisor: JsonNumber): boolean {
  const { grid, places } = toGrid(divisor);
  return Number.isSafeInteger(grid) && grid * (places === 0 ? 1 : places + 2) <= remaindersMax;
}

/**
 * Numbers that are multiples of a decimal: its grid. The states are the remainder of the digits read so far, and how
 * many of them came after the point. The spelling of a number is left to the automata that this one is joined with.
 */
function multiplesToAutomaton(divisor: JsonNumber): Automaton | undefined {
  if (!hasFewRemainders(divisor)) return undefined;
  const { grid, places } = toGrid(divisor);
  const remainders = Array.from({ length: grid }, (_, remainder) => remainder);
  const state = (row: number, remainder: number) => row * grid + remainder;
  const afterDigits = (row: number, remainder: number) =>
    groupByTarget((number) => state(row, (remainder * 10 + number) % grid));
  const states: AutomatonState[] = [];
  for (const remainder of remainders) {
    // Row 0 is before the point, row 1 + n has n digits after it.
    const point = places === 0 ? [] : [{ characters: [0x2e, 0x2e], target: state(1, remainder) }];
    const sign = remainder === 0 ? [0x2d, 0x2d] : [];
    const digits = afterDigits(0, remainder);
    const own = digits.map((transition) =>
      transition.target === 0
        ? { ...transition, characters: [...sign, ...transition.characters] }
        : transition,
    );
    const isAccepting = (remainder * 10 ** places) % grid === 0;
    states.push({ isAccepting, transitions: [...own, ...point] });
  }
  for (let digits = 0; digits <= places && places > 0; digits += 1) {
    for (const remainder of remainders) {
      const isAccepting = (remainder * 10 ** (places - digits)) % grid === 0;
      states.push({ isAccepting, transitions: digits < places ? afterDigits(digits + 2, remainder) : [] });
    }
  }
  return { states };
}

function groupByTarget(toTarget: (number: number) => number): { characters: number[]; target: number }[] {
  const byTarget = new Map<number, number[]>();
  for (let number = 0; number <= 9; number += 1) {
    const target = toTarget(number);
    const set = byTarget.get(target) ?? [];
    const code = 0x30 + number;
    if (set.at(-1) === code - 1) set[set.length - 1] = code;
    else set.push(code, code);
    byTarget.set(target, set);
  }
  return [...byTarget].map(([target, set]) => ({ characters: set, target }));
}
