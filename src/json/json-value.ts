import { ExactNumber, type JsonNumber, toNumberKey } from './exact-number.ts';

export type JsonValue = null | boolean | JsonNumber | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

export const jsonTypes = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const;
export type JsonType = (typeof jsonTypes)[number];

export function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

export function isNumber(value: unknown): value is JsonNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}

export function isArray(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function typeOf(value: JsonValue): JsonType {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  if (isNumber(value)) return 'number';
  switch (typeof value) {
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'string';
    default:
      return 'object';
  }
}

/** A text that is equal for equal values, because names are sorted. */
export function toValueKey(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(toValueKey).join(',')}]`;
  if (isObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${toValueKey(value[name] ?? null)}`);
    return `{${members.join(',')}}`;
  }
  return isNumber(value) ? toNumberKey(value) : JSON.stringify(value);
}
