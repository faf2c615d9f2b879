import { type AutomatonBudget, AutomatonTooLargeError } from './automaton-limits.ts';
import { type CodePointSet, noCodePoint } from './code-point-set.ts';
import type { Expression } from './expression.ts';

/** How deep expressions may stand inside each other; building walks them by recursion. */
export const expressionDepthMax = 500;

/** Maximum nodes per state of the limit, because repetitions are expanded before states are merged. */
const nodesPerState = 8;

/**
 * Thompson's automaton. A node either reads a character of its set and goes to `next`, or (set `fork`) goes to `next`
 * and to `other` without reading; the node `accepting` ends it.
 */
export interface NondeterministicAutomaton {
  readonly start: number;
  readonly accepting: number;
  /** By node: the number of its set, or `fork`. */
  readonly sets: readonly number[];
  readonly nexts: readonly number[];
  readonly others: readonly number[];
  readonly distinctSets: readonly CodePointSet[];
}

export const fork = -1;

export function toNondeterministicAutomaton(
  expression: Expression,
  budget: AutomatonBudget,
): NondeterministicAutomaton {
  const nodeCount = countNodes(expression, new Map(), 0);
  if (nodeCount > nodesPerState * budget.limits.statesMax) {
    throw new AutomatonTooLargeError('Its repetitions, written out, are too many.');
  }
  budget.takeSteps(nodeCount);
  const builder = new NodeBuilder();
  const accepting = builder.addFork(0, 0);
  const start = builder.build(expression, accepting);
  return { start, accepting, ...builder };
}

/** Before anything is built, because counts multiply; shared parts are counted once and taken many times. */
function countNodes(expression: Expression, known: Map<Expression, number>, depth: number): number {
  if (expression.kind === 'characters') return 1;
  if (depth > expressionDepthMax) {
    throw new AutomatonTooLargeError(`It is nested more than ${expressionDepthMax} levels deep.`);
  }
  const before = known.get(expression);
  if (before !== undefined) return before;
  let count = 1;
  if (expression.kind === 'repeat') {
    const { of, min, max } = expression;
    const copies = max === Number.POSITIVE_INFINITY ? Math.max(1, min) : max;
    count += copies * (countNodes(of, known, depth + 1) + 1);
  } else {
    const children = expression.kind === 'sequence' ? expression.parts : expression.options;
    for (const child of children) count += countNodes(child, known, depth + 1) + 1;
  }
  known.set(expression, count);
  return count;
}

/** Builds from the end to the start, so that every node knows where it leads. */
class NodeBuilder {
  readonly sets: number[] = [];
  readonly nexts: number[] = [];
  readonly others: number[] = [];
  readonly distinctSets: CodePointSet[] = [];
  readonly #numbers = new Map<CodePointSet, number>();
  readonly #numbersByText = new Map<string, number>();

  addFork(next: number, other: number): number {
    this.others.push(other);
    this.nexts.push(next);
    return this.sets.push(fork) - 1;
  }

  /** The node from which the expression is read and `next` reached. */
  build(expression: Expression, next: number): number {
    switch (expression.kind) {
      case 'characters':
        return this.#addReader(expression.set, next);
      case 'sequence': {
        let entry = next;
        for (let at = expression.parts.length - 1; at >= 0; at--) {
          entry = this.build(expression.parts[at] as Expression, entry);
        }
        return entry;
      }
      case 'choice': {
        const entries = expression.options.map((option) => this.build(option, next));
        const last = entries.pop() ?? this.#addReader(noCodePoint, next);
        return entries.reduceRight((entry, option) => this.addFork(option, entry), last);
      }
      case 'repeat':
        return this.#buildRepeat(expression.of, expression.min, expression.max, next);
    }
  }

  #buildRepeat(of: Expression, min: number, max: number, next: number): number {
    let entry = next;
    let required = min;
    if (max === Number.POSITIVE_INFINITY) {
      const loop = this.addFork(next, next);
      const body = this.build(of, loop);
      this.nexts[loop] = body;
      entry = min === 0 ? loop : body;
      required = Math.max(0, min - 1);
    } else {
      // Each optional copy skips to the very end: (x(x(x)?)?)?, whose states know few others.
      for (let copy = min; copy < max; copy++) entry = this.addFork(this.build(of, entry), next);
    }
    for (let copy = 0; copy < required; copy++) entry = this.build(of, entry);
    return entry;
  }

  #addReader(set: CodePointSet, next: number): number {
    this.others.push(next);
    this.nexts.push(next);
    return this.sets.push(this.#numberOf(set)) - 1;
  }

  #numberOf(set: CodePointSet): number {
    const known = this.#numbers.get(set);
    if (known !== undefined) return known;
    const spelled = set.join();
    const number = this.#numbersByText.get(spelled) ?? this.distinctSets.push(set) - 1;
    this.#numbers.set(set, number);
    this.#numbersByText.set(spelled, number);
    return number;
  }
}
