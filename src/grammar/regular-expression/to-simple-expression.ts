import { anyText, type Expression, sequence } from '../automaton/expression.ts';
import type { PatternNode } from './pattern-node.ts';

/**
 * The texts in which the pattern is found, as an expression without assertions; undefined if it has others than
 * ^ and $ at the edges of its alternatives. Most patterns are so, and need no more than this.
 *
 * @param isWhole whether the pattern must read the whole text, instead of being found in it.
 */
export function toSimpleExpression(pattern: PatternNode, isWhole: boolean): Expression | undefined {
  const options: Expression[] = [];
  for (const option of listOptions(pattern)) {
    const parts = option.kind === 'sequence' ? option.parts : [option];
    const isAtStart = parts[0]?.kind === 'text-start';
    const isAtEnd = parts.length > 0 && parts.at(-1)?.kind === 'text-end';
    const inner = parts.slice(isAtStart ? 1 : 0, isAtEnd ? -1 : undefined);
    if (!inner.every(isExpression)) return undefined;
    options.push(
      sequence(
        ...(isAtStart || isWhole ? [] : [anyText]),
        ...inner,
        ...(isAtEnd || isWhole ? [] : [anyText]),
      ),
    );
  }
  const [only] = options;
  return options.length === 1 ? only : { kind: 'choice', options };
}

/**
 * The top-level alternatives, including the ones of groups that enclose the whole pattern or one of its
 * alternatives.
 */
function listOptions(pattern: PatternNode): readonly PatternNode[] {
  if (pattern.kind === 'choice') return pattern.options.flatMap(listOptions);
  const [only, second] = pattern.kind === 'sequence' ? pattern.parts : [];
  return only !== undefined && second === undefined ? listOptions(only) : [pattern];
}

/** Whether it holds no assertion. */
function isExpression(node: PatternNode): node is Expression {
  switch (node.kind) {
    case 'characters':
      return true;
    case 'sequence':
      return node.parts.every(isExpression);
    case 'choice':
      return node.options.every(isExpression);
    case 'repeat':
      return isExpression(node.of);
    default:
      return false;
  }
}
