import { type JsonNumber, toPlaces } from '../../json/exact-number.ts';

/** Exact in decimals, as JSON writes numbers: 0.3 is a multiple of 0.1, and 1e-10 is not a multiple of 1. */
export function isMultipleOf(value: JsonNumber, divisor: JsonNumber): boolean {
  const [dividend, step] = [toPlaces(value), toPlaces(divisor)];
  const places = Math.max(dividend.fraction.length, step.fraction.length);
  const [scaledValue, scaledDivisor] = [toScaled(dividend, places), toScaled(step, places)];
  return scaledDivisor !== 0n && scaledValue % scaledDivisor === 0n;
}

function toScaled({ whole, fraction }: ReturnType<typeof toPlaces>, places: number): bigint {
  return BigInt(whole + fraction.padEnd(places, '0'));
}
