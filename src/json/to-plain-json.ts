import { ExactNumber } from './exact-number.ts';

/** The same as JSON.parse would have given it: numbers rounded, names in JavaScript's order, nothing of ours in it. */
export function toPlainJson(value: unknown): unknown {
  if (value instanceof ExactNumber) return value.toNumber();
  if (Array.isArray(value)) return value.map(toPlainJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toPlainJson(member)]));
}
