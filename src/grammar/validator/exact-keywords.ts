// Ajv compares JavaScript's numbers. If a schema or an answer has a number that they can't hold, Ajv gets
// integers as bigints, which JavaScript compares with numbers by value. Fractions are the nearest doubles, as
// for every reader of the answer. These keywords replace Ajv's, which don't support bigints.
import type { Ajv } from 'ajv';
import { ExactNumber } from '../../json/exact-number.ts';
import { isMultipleOf } from './is-multiple-of.ts';

/** Replaces `type`, which Ajv does not allow to redefine. */
export const exactTypeKeyword = 'x-exact-type';

/** Not recursive: an answer may be nested deep. */
export function hasExactNumber(value: unknown): boolean {
  const open = [value];
  for (let next = open.pop(); open.length > 0 || next !== undefined; next = open.pop()) {
    if (next instanceof ExactNumber) return true;
    if (typeof next === 'object' && next !== null) open.push(...Object.values(next));
  }
  return false;
}

/** The same with integers as bigints and fractions as the nearest doubles. */
export function toComparable(value: unknown): unknown {
  if (value instanceof ExactNumber) return value.isInteger ? value.toBigInt() : value.toNumber();
  if (Array.isArray(value)) return value.map(toComparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toComparable(member)]));
}

type Test = (schema: never, value: never) => boolean;

const numberTests: Readonly<Record<string, Test>> = {
  minimum: (bound: bigint, value: bigint) => value >= bound,
  maximum: (bound: bigint, value: bigint) => value <= bound,
  exclusiveMinimum: (bound: bigint, value: bigint) => value > bound,
  exclusiveMaximum: (bound: bigint, value: bigint) => value < bound,
  multipleOf: (divisor: bigint | number, value: bigint | number) =>
    isMultipleOf(toJson(value), toJson(divisor)),
};

const valueTests: Readonly<Record<string, Test>> = {
  const: (constant: unknown, value: unknown) => toKey(constant) === toKey(value),
  enum: (values: readonly unknown[], value: unknown) => values.some((one) => toKey(one) === toKey(value)),
  uniqueItems: (isAsked: boolean, value: unknown) =>
    !isAsked || !Array.isArray(value) || new Set(value.map(toKey)).size === value.length,
  [exactTypeKeyword]: (types: readonly string[], value: unknown) =>
    types.some((type) => hasType(value, type)),
};

export function addExactKeywords(ajv: Ajv): void {
  const add = (keyword: string, test: Test, isForNumbers: boolean) => {
    if (keyword !== exactTypeKeyword) ajv.removeKeyword(keyword);
    ajv.addKeyword({
      keyword,
      validate: (schema: unknown, value: unknown) =>
        (isForNumbers && !isNumeric(value)) || test(schema as never, value as never),
      error: { message: `breaks the keyword ${keyword === exactTypeKeyword ? 'type' : keyword}` },
    });
  };
  for (const [keyword, test] of Object.entries(numberTests)) add(keyword, test, true);
  for (const [keyword, test] of Object.entries(valueTests)) add(keyword, test, false);
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function hasType(value: unknown, type: string): boolean {
  if (value === null) return type === 'null';
  if (Array.isArray(value)) return type === 'array';
  if (isNumeric(value)) return type === 'number' || (type === 'integer' && toJsonIsInteger(value));
  return typeof value === type;
}

function toJsonIsInteger(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isInteger(value);
}

function toJson(value: number | bigint): number | ExactNumber {
  return typeof value === 'bigint' ? new ExactNumber(String(value)) : value;
}

/** Equal for equal values. */
function toKey(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(toKey).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${toKey(member)}`);
  return `{${members.sort().join(',')}}`;
}
