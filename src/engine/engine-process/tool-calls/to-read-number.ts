import { type JsonNumber, NumberTooLongError, toJsonNumber } from '../../../json/exact-number.ts';
import { UnexpectedTextError } from './text-reader.ts';

/** A number that a model wrote, perhaps as only Python does (+1, .5, 5.), with its own value. */
export function toReadNumber(word: string): JsonNumber {
  const plain = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(word);
  try {
    return plain ? toJsonNumber(word) : Number(word);
  } catch (error) {
    if (error instanceof NumberTooLongError) throw new UnexpectedTextError('A number with too many digits.');
    throw error;
  }
}
