// A divisor with too many remainders for an automaton has few multiples worth writing: they are listed, from zero or from
// the bound next to it. Where they are not all, the grammar says less than the schema, and what it says is right.
import type { JsonNumber } from '../../json/exact-number.ts';
import { toPlaces } from '../../json/exact-number.ts';
import type { Automaton } from '../automaton/automaton.ts';
import { textsToAutomaton } from '../automaton/texts-to-automaton.ts';

/** Digits of all listed multiples on one side of zero, about: each is a state. */
const listedDigitsMax = 2_000;

export interface MultiplesRange {
  readonly lower: JsonNumber | undefined;
  readonly upper: JsonNumber | undefined;
  /** Digits before the point at most. */
  readonly wholeDigitsMax: number;
}

/** Common multiples of all divisors, without needless zeros, and within or next to the bounds. */
export function listMultiples(
  divisors: readonly JsonNumber[],
  { lower, upper, wholeDigitsMax }: MultiplesRange,
): Automaton {
  const places = Math.max(...divisors.map((divisor) => toPlaces(divisor).fraction.length));
  const step = divisors.map((divisor) => toScaled(divisor, places)).reduce(toCommonMultiple);
  const end = 10n ** BigInt(Math.max(0, wholeDigitsMax + places));
  const least = lower === undefined ? -end : toScaled(lower, places) / step - 1n;
  const most = upper === undefined ? end : toScaled(upper, places) / step + 1n;
  const count = BigInt(Math.max(1, Math.floor(listedDigitsMax / String(step).length)));
  const [first, last] = toListed(least, most, count);
  const texts: string[] = [];
  for (let factor = first; factor <= last; factor += 1n) {
    const multiple = factor * step;
    if (-end < multiple && multiple < end) texts.push(toDecimalText(multiple, places));
  }
  return textsToAutomaton(texts);
}

/** The factors next to zero. */
function toListed(least: bigint, most: bigint, count: bigint): [bigint, bigint] {
  if (least > 0n) return [least, toSmaller(most, least + count)];
  if (most < 0n) return [toGreater(least, most - count), most];
  return [toGreater(least, -count), toSmaller(most, count)];
}

function toSmaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function toGreater(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function toCommonMultiple(one: bigint, other: bigint): bigint {
  let [divisor, rest] = [one, other];
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  return (one / divisor) * other;
}

/** Cut off behind the places. */
function toScaled(value: JsonNumber, places: number): bigint {
  const { whole, fraction } = toPlaces(value);
  const magnitude = BigInt(whole + fraction.padEnd(places, '0').slice(0, places));
  const isNegative = typeof value === 'number' ? value < 0 : value.text.startsWith('-');
  return isNegative ? -magnitude : magnitude;
}

function toDecimalText(scaled: bigint, places: number): string {
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(places + 1, '0');
  const [whole, fraction] = [digits.slice(0, digits.length - places), digits.slice(digits.length - places)];
  const point = fraction.replace(/0+$/, '');
  return `${scaled < 0n ? '-' : ''}${whole}${point === '' ? '' : `.${point}`}`;
}
