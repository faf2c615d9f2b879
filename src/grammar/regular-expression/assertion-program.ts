import { type AutomatonBudget, AutomatonTooLargeError } from '../automaton/automaton-limits.ts';
import { type CodePointSet, everyCodePoint } from '../automaton/code-point-set.ts';
import { wordCharacters } from './character-escapes.ts';
import type { AssertionNode, PatternNode } from './pattern-node.ts';

/** Maximum nodes per state of the limit, as for expressions. */
const nodesPerState = 8;

/**
 * A pattern as a nondeterministic automaton whose nodes may also ask about the text before or after. `ahead` asks
 * whether the rest of the text begins as described from `start` on; `behind` asks a tracker, which follows the text
 * from its beginning, whether it has just read what the assertion describes. Everything without width is one of them:
 * $ is "no character ahead", ^ a tracker that is content before the first character only.
 */
export type ProgramNode =
  | { readonly kind: 'read'; readonly set: number; readonly next: number }
  | { readonly kind: 'fork'; readonly nexts: readonly number[] }
  | { readonly kind: 'ahead'; readonly isNegated: boolean; readonly start: number; readonly next: number }
  | { readonly kind: 'behind'; readonly isNegated: boolean; readonly tracker: number; readonly next: number }
  | { readonly kind: 'end' };

/** The end of what a tracker follows: it holds at this place of the text only. */
export const tracked = 0;
/** The end of a pattern or look-ahead. The rest of the text does not matter. */
export const found = 1;

export interface AssertionProgram {
  readonly nodes: readonly ProgramNode[];
  readonly start: number;
  /** By tracker: its start. A tracker asks only those before it. */
  readonly trackerStarts: readonly number[];
  readonly sets: readonly CodePointSet[];
}

/** @param isWhole whether the pattern must read the whole text, instead of being found in it. */
export function toAssertionProgram(
  pattern: PatternNode,
  isWhole: boolean,
  budget: AutomatonBudget,
): AssertionProgram {
  const builder = new ProgramBuilder(budget);
  const start = isWhole
    ? builder.build(pattern, builder.build({ kind: 'text-end' }, found))
    : builder.addAnyText(builder.build(pattern, found));
  const { nodes, trackerStarts, sets } = builder;
  return { nodes, start, trackerStarts, sets };
}

/** Builds from the end to the start, so that every node knows where it leads. */
class ProgramBuilder {
  readonly nodes: ProgramNode[] = [{ kind: 'end' }, { kind: 'end' }];
  readonly trackerStarts: number[] = [];
  readonly sets: CodePointSet[] = [everyCodePoint];
  readonly #budget: AutomatonBudget;
  readonly #setNumbers = new Map<string, number>();
  readonly #edgeTrackers = new Map<'start' | 'word', number>();

  constructor(budget: AutomatonBudget) {
    this.#budget = budget;
    this.#setNumbers.set(everyCodePoint.join(), 0);
  }

  addAnyText(next: number): number {
    const loop = this.#add({ kind: 'fork', nexts: [] });
    const any = this.#add({ kind: 'read', set: 0, next: loop });
    this.nodes[loop] = { kind: 'fork', nexts: [any, next] };
    return loop;
  }

  build(pattern: PatternNode, next: number): number {
    switch (pattern.kind) {
      case 'characters':
        return this.#add({ kind: 'read', set: this.#numberOf(pattern.set), next });
      case 'sequence':
        return pattern.parts.reduceRight((entry, part) => this.build(part, entry), next);
      case 'choice':
        return this.#add({ kind: 'fork', nexts: pattern.options.map((option) => this.build(option, next)) });
      case 'repeat':
        return this.#buildRepeat(pattern.of, pattern.min, pattern.max, next);
      default:
        return this.#buildAssertion(pattern, next);
    }
  }

  #buildRepeat(of: PatternNode, min: number, max: number, next: number): number {
    let entry = next;
    if (max === Number.POSITIVE_INFINITY) {
      entry = this.#add({ kind: 'fork', nexts: [] });
      this.nodes[entry] = { kind: 'fork', nexts: [this.build(of, entry), next] };
    }
    for (let copy = max === Number.POSITIVE_INFINITY ? 0 : max; copy > min; copy--) {
      entry = this.#add({ kind: 'fork', nexts: [this.build(of, entry), next] });
    }
    for (let copy = 0; copy < min; copy++) {
      this.#budget.takeSteps(1);
      entry = this.build(of, entry);
    }
    return entry;
  }

  #buildAssertion(assertion: AssertionNode, next: number): number {
    switch (assertion.kind) {
      case 'text-start':
        return this.#add({ kind: 'behind', isNegated: false, tracker: this.#startTracker(), next });
      case 'text-end': {
        const start = this.#add({ kind: 'read', set: 0, next: found });
        return this.#add({ kind: 'ahead', isNegated: true, start, next });
      }
      case 'look-ahead': {
        const start = this.build(assertion.of, found);
        return this.#add({ kind: 'ahead', isNegated: assertion.isNegated, start, next });
      }
      case 'look-behind': {
        const start = this.addAnyText(this.build(assertion.of, tracked));
        const tracker = this.trackerStarts.push(start) - 1;
        return this.#add({ kind: 'behind', isNegated: assertion.isNegated, tracker, next });
      }
      case 'word-boundary':
        return this.#buildWordBoundary(assertion.isNegated, next);
    }
  }

  /** A word character on exactly one side, or (negated) on both or none. */
  #buildWordBoundary(isNegated: boolean, next: number): number {
    const tracker = this.#wordTracker();
    const start = this.#add({ kind: 'read', set: this.#numberOf(wordCharacters), next: found });
    const nexts = [true, false].map((isWordBehind) => {
      const ahead = this.#add({ kind: 'ahead', isNegated: isWordBehind !== isNegated, start, next });
      return this.#add({ kind: 'behind', isNegated: !isWordBehind, tracker, next: ahead });
    });
    return this.#add({ kind: 'fork', nexts });
  }

  #startTracker(): number {
    const known = this.#edgeTrackers.get('start');
    if (known !== undefined) return known;
    const tracker = this.trackerStarts.push(tracked) - 1;
    this.#edgeTrackers.set('start', tracker);
    return tracker;
  }

  #wordTracker(): number {
    const known = this.#edgeTrackers.get('word');
    if (known !== undefined) return known;
    const read = this.#add({ kind: 'read', set: this.#numberOf(wordCharacters), next: tracked });
    const tracker = this.trackerStarts.push(this.addAnyText(read)) - 1;
    this.#edgeTrackers.set('word', tracker);
    return tracker;
  }

  #add(node: ProgramNode): number {
    this.#budget.takeSteps(1);
    if (this.nodes.length >= nodesPerState * this.#budget.limits.statesMax) {
      throw new AutomatonTooLargeError('Its repetitions, written out, are too many.');
    }
    return this.nodes.push(node) - 1;
  }

  #numberOf(set: CodePointSet): number {
    const spelled = set.join();
    const number = this.#setNumbers.get(spelled) ?? this.sets.push(set) - 1;
    this.#setNumbers.set(spelled, number);
    return number;
  }
}
