import { z } from 'zod';
import {
  compareNumbers,
  ExactNumber,
  int64Max,
  int64Min,
  isIntegerNumber,
  type JsonNumber,
} from '../../../json/exact-number.ts';
import type { RequestProblem } from './error.ts';
import { describeType } from './to-request-problems.ts';

/** It passes as it came and is checked by `findSeedProblem`: zod's integers end at 2^53. */
export const seedSchema = z
  .unknown()
  .meta({ type: 'integer', format: 'int64' })
  .nullish()
  .describe(
    'Any 64-bit integer, also negative. The same seed with the same request samples the same tokens. Absent: random.',
  );

export function findSeedProblem(value: unknown): RequestProblem | undefined {
  if (value === undefined || value === null) return undefined;
  const isInfinite = value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
  if (!isNumber(value) || !(isIntegerNumber(value) || isInfinite)) {
    const message = `Invalid type for 'seed': expected an integer, but got ${describeType(value)} instead.`;
    return { code: 'invalid_type', param: 'seed', message };
  }
  if (isInfinite ? value > 0 : compareNumbers(value, int64Max) > 0)
    return toBoundProblem(value, int64Max, 'above');
  if (isInfinite || compareNumbers(value, int64Min) < 0) return toBoundProblem(value, int64Min, 'below');
  return undefined;
}

/** @param value what `findSeedProblem` found nothing wrong with. */
export function toSeed(value: unknown): number | bigint | undefined {
  if (!isNumber(value)) return undefined;
  if (typeof value !== 'number') return value.toBigInt();
  return Number.isSafeInteger(value) ? value : BigInt(value);
}

function isNumber(value: unknown): value is JsonNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}

function toBoundProblem(value: JsonNumber, bound: ExactNumber, side: 'above' | 'below'): RequestProblem {
  const given = typeof value === 'number' ? String(value) : value.text.slice(0, quotedDigitsMax);
  const [code, fault, sign] =
    side === 'above'
      ? (['integer_above_max_value', 'above maximum', '<='] as const)
      : (['integer_below_min_value', 'below minimum', '>='] as const);
  const message = `Invalid 'seed': integer ${fault} value. Expected a value ${sign} ${bound.text}, but got ${given} instead.`;
  return { code, param: 'seed', message };
}

/** Digits of a number that a message quotes at most. */
const quotedDigitsMax = 100;
