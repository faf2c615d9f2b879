import { type JsonNumber, NumberTooLongError, toJsonNumber } from '../../../json/exact-number.ts';
import { UnexpectedTextError } from './text-reader.ts';

/** A number that a model wrote, with its exact value. Accepts forms that only Python allows (+1, .5, 5.). */
export function toReadNumber(word: string): JsonNumber {
  const plain = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(word);
  try {
    return plain ? toJsonNumber(word) : Number(word);
  } catch (error) {
    if (error instanceof NumberTooLongError) throw new UnexpectedTextError('A number with too many digits.');
    throw error;
  }
}
