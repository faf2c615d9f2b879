import type { SchemaNote } from '../compiled-grammar.ts';
import type { Facts, Located } from './facts.ts';

/** Which keyword it is that leaves no value with these facts, and why. `path`: where their schema stands. */
export function explainNoValue(facts: Facts, path: string): SchemaNote {
  const { types, values, valuesPath, string, number, array, object } = facts;
  if (values !== undefined) {
    return { path: valuesPath, message: 'its sibling keywords exclude all of its values' };
  }
  const texts: readonly Located<string>[] = [...string.patterns, ...string.formats];
  const lastText = texts.at(-1);
  if (types.has('string') && string.minLength > string.maxLength) {
    return { path: string.lengthPath, message: 'the least length is above the greatest' };
  }
  if (types.has('string') && lastText !== undefined) {
    return { path: lastText.path, message: 'no text satisfies it together with its sibling keywords' };
  }
  if (types.has('number') && (number.lower ?? number.upper) !== undefined) {
    const bound = number.lower?.path ?? number.upper?.path ?? path;
    return { path: bound, message: 'no number is within the bounds' };
  }
  if (types.has('array') && array.minItems > 0) {
    return { path: array.countPath, message: 'no array can have so many items' };
  }
  if (types.has('object') && object.minProperties > 0) {
    return { path: object.countPath, message: 'no object can have so many members' };
  }
  return { path, message: 'its keywords exclude each other' };
}
