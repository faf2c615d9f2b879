import { ExactNumber } from './exact-number.ts';

/**
 * Converts to the value that JSON.parse returns: numbers rounded, names in JavaScript's order, no classes of
 * ours.
 */
export function toPlainJson(value: unknown): unknown {
  if (value instanceof ExactNumber) return value.toNumber();
  if (Array.isArray(value)) return value.map(toPlainJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toPlainJson(member)]));
}
