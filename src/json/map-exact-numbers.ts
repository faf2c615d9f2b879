import { ExactNumber } from './exact-number.ts';
import { createObject } from './ordered-object.ts';

/** A copy of the value with each exact number replaced. */
export function mapExactNumbers(value: unknown, map: (number: ExactNumber) => unknown): unknown {
  if (value instanceof ExactNumber) return map(value);
  if (Array.isArray(value)) return value.map((item) => mapExactNumbers(item, map));
  if (typeof value !== 'object' || value === null) return value;
  return createObject(Object.entries(value).map(([name, member]) => [name, mapExactNumbers(member, map)]));
}
