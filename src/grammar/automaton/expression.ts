import { type CodePointSet, everyCodePoint } from './code-point-set.ts';

/** A regular expression in the strict sense of the word: what it describes is a set of whole texts. */
export type Expression =
  | { readonly kind: 'characters'; readonly set: CodePointSet }
  | { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
  | { readonly kind: 'choice'; readonly options: readonly Expression[] }
  | { readonly kind: 'repeat'; readonly of: Expression; readonly min: number; readonly max: number };

/** One character of the set; the empty set describes no text at all. */
export function characters(set: CodePointSet): Expression {
  return { kind: 'characters', set };
}

/** Exactly this text. */
export function text(value: string): Expression {
  const parts: Expression[] = [];
  for (const character of value) {
    const codePoint = character.codePointAt(0) as number;
    parts.push(characters([codePoint, codePoint]));
  }
  return { kind: 'sequence', parts };
}

export function sequence(...parts: readonly Expression[]): Expression {
  return { kind: 'sequence', parts };
}

/** Any of the options; no option describes no text at all. */
export function choice(...options: readonly Expression[]): Expression {
  return { kind: 'choice', options };
}

/** @param max may be Infinity. @throws RangeError unless 0 ≤ min ≤ max and min is a whole number. */
export function repeat(of: Expression, min: number, max: number): Expression {
  const isMaxWhole = max === Number.POSITIVE_INFINITY || Number.isSafeInteger(max);
  if (!Number.isSafeInteger(min) || !isMaxWhole || min < 0 || max < min) {
    throw new RangeError(`A repetition of ${min} to ${max} times makes no sense.`);
  }
  return { kind: 'repeat', of, min, max };
}

export function optional(of: Expression): Expression {
  return repeat(of, 0, 1);
}

export const emptyText: Expression = sequence();
export const anyCharacter: Expression = characters(everyCodePoint);
export const anyText: Expression = repeat(anyCharacter, 0, Number.POSITIVE_INFINITY);
