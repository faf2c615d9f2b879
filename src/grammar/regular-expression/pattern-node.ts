import type { CodePointSet } from '../automaton/code-point-set.ts';

/** A parsed pattern: an `Expression` with assertions, which read nothing. */
export type PatternNode =
  | { readonly kind: 'characters'; readonly set: CodePointSet }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly of: PatternNode; readonly min: number; readonly max: number }
  | AssertionNode;

export type AssertionNode =
  | { readonly kind: 'text-start' }
  | { readonly kind: 'text-end' }
  | { readonly kind: 'word-boundary'; readonly isNegated: boolean }
  | { readonly kind: 'look-ahead'; readonly isNegated: boolean; readonly of: PatternNode }
  | { readonly kind: 'look-behind'; readonly isNegated: boolean; readonly of: PatternNode };
