import type { AutomatonBudget } from '../automaton/automaton-limits.ts';
import { type AssertionProgram, found, type ProgramNode, tracked } from './assertion-program.ts';

/** The state that accepts no rest of the text. */
export const dead = -1;
/** The state that accepts every rest of the text. */
export const universal = -2;
const unknown = -3;

/**
 * Where a text may stand in the program: at a node, and bound to what look-aheads on the way there still ask of the
 * rest. An obligation is a state of this very machine, times two, plus one if the rest must not be accepted by it.
 */
interface Configuration {
  readonly node: number;
  /** Ascending. */
  readonly obligations: readonly number[];
}

interface MachineState {
  readonly configurations: readonly Configuration[];
  /** By tracker, the state that it is in; a tracker's own states know only the trackers before it. */
  readonly trackers: readonly number[];
  readonly isTracked: boolean;
  /** By class: the state after it. */
  readonly successors: Int32Array;
}

/**
 * A program made deterministic, state by state as it is asked: a state is the set of configurations that a text can
 * be in. Look-aheads and look-behinds are states of the same machine, so that they may hold assertions themselves.
 */
export class AssertionMachine {
  readonly #program: AssertionProgram;
  /** By set of the program: whether it has the class. */
  readonly #hasClass: readonly Uint8Array[];
  readonly #classCount: number;
  readonly #budget: AutomatonBudget;
  readonly #states: MachineState[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(
    program: AssertionProgram,
    classesOfSets: readonly (readonly number[])[],
    classCount: number,
    budget: AutomatonBudget,
  ) {
    this.#program = program;
    this.#classCount = classCount;
    this.#budget = budget;
    this.#hasClass = classesOfSets.map((classes) => {
      const flags = new Uint8Array(classCount);
      for (const each of classes) flags[each] = 1;
      return flags;
    });
  }

  start(): number {
    const trackers: number[] = [];
    for (const start of this.#program.trackerStarts) {
      trackers.push(this.#enter([{ node: start, obligations: [] }], [...trackers]));
    }
    return this.#enter([{ node: this.#program.start, obligations: [] }], trackers);
  }

  /** Whether the text may end in the state. */
  isAccepting(state: number): boolean {
    if (state < 0) return state === universal;
    return this.#at(state).configurations.some(
      ({ node, obligations }) =>
        (node === found || node === tracked) &&
        obligations.every((obligation) => this.isAccepting(obligation >> 1) === (obligation % 2 === 0)),
    );
  }

  step(state: number, label: number): number {
    if (state < 0) return state;
    const { successors } = this.#at(state);
    const known = successors[label] as number;
    if (known !== unknown) return known;
    const successor = this.#computeStep(this.#at(state), label);
    successors[label] = successor;
    return successor;
  }

  #computeStep({ configurations, trackers }: MachineState, label: number): number {
    const entered: Configuration[] = [];
    this.#budget.takeSteps(configurations.length + trackers.length);
    for (const { node, obligations } of configurations) {
      const next = this.#nextNode(node, label);
      if (next === undefined) continue;
      const kept = this.#stepObligations(obligations, label);
      if (kept !== undefined) entered.push({ node: next, obligations: kept });
    }
    const moved = trackers.map((tracker) => this.step(tracker, label));
    return this.#enter(entered, moved);
  }

  #nextNode(node: number, label: number): number | undefined {
    if (node === found) return found;
    const program = this.#program.nodes[node] as ProgramNode;
    return program.kind === 'read' && this.#hasClass[program.set]?.[label] === 1 ? program.next : undefined;
  }

  /** What is still asked after a character; undefined if something can't be met any more. */
  #stepObligations(obligations: readonly number[], label: number): readonly number[] | undefined {
    if (obligations.length === 0) return obligations;
    this.#budget.takeSteps(obligations.length);
    let kept: readonly number[] | undefined = [];
    for (const obligation of obligations) {
      const isNegated = obligation % 2 === 1;
      kept = addObligation(kept, this.step(obligation >> 1, label), isNegated);
      if (kept === undefined) return undefined;
    }
    return kept;
  }

  /** Follows what reads nothing, and gives the state a number. */
  #enter(entered: readonly Configuration[], trackers: readonly number[]): number {
    const reached = new Map<string, Configuration>();
    const visited = new Set<string>();
    const open = [...entered];
    for (let each = open.pop(); each !== undefined; each = open.pop()) {
      const key = `${each.node}:${each.obligations.join()}`;
      if (visited.has(key)) continue;
      visited.add(key);
      this.#budget.takeSteps(1 + each.obligations.length);
      const node = this.#program.nodes[each.node] as ProgramNode;
      if (node.kind === 'read' || node.kind === 'end') {
        if (each.node === found && each.obligations.length === 0) return universal;
        reached.set(key, each);
      } else this.#follow(node, each.obligations, trackers, open);
    }
    return reached.size === 0 ? dead : this.#intern(reached, trackers);
  }

  #follow(
    node: Exclude<ProgramNode, { kind: 'read' } | { kind: 'end' }>,
    obligations: readonly number[],
    trackers: readonly number[],
    open: Configuration[],
  ): void {
    if (node.kind === 'fork') {
      for (const next of node.nexts) open.push({ node: next, obligations });
      return;
    }
    if (node.kind === 'behind') {
      const state = trackers[node.tracker] ?? dead;
      const holds = state >= 0 && this.#at(state).isTracked;
      if (holds !== node.isNegated) open.push({ node: node.next, obligations });
      return;
    }
    const asked = this.#enter([{ node: node.start, obligations: [] }], trackers);
    const bound = addObligation(obligations, asked, node.isNegated);
    if (bound !== undefined) open.push({ node: node.next, obligations: bound });
  }

  #intern(reached: ReadonlyMap<string, Configuration>, trackers: readonly number[]): number {
    const configurations = dropBoundMore([...reached.values()]);
    const spelled = configurations.map(({ node, obligations }) => `${node}:${obligations.join()}`).sort();
    const key = `${spelled.join(' ')}|${trackers.join()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const isTracked = configurations.some(
      ({ node, obligations }) => node === tracked && obligations.length === 0,
    );
    const successors = new Int32Array(this.#classCount).fill(unknown);
    const number = this.#states.push({ configurations, trackers, isTracked, successors }) - 1;
    this.#budget.checkStates(number + 1);
    this.#budget.takeSteps(this.#classCount);
    this.#numbers.set(key, number);
    return number;
  }

  #at(state: number): MachineState {
    return this.#states[state] as MachineState;
  }
}

/** The obligations with one more; undefined if it can't be met. */
function addObligation(
  obligations: readonly number[],
  state: number,
  isNegated: boolean,
): readonly number[] | undefined {
  if (state === universal) return isNegated ? undefined : obligations;
  if (state === dead) return isNegated ? obligations : undefined;
  const added = 2 * state + (isNegated ? 1 : 0);
  if (obligations.includes(added)) return obligations;
  // The same rest can't be both accepted and not.
  if (obligations.includes(added ^ 1)) return undefined;
  return [...obligations, added].sort((a, b) => a - b);
}

/** Leaves out a configuration where another at the same node is bound to less. */
function dropBoundMore(configurations: readonly Configuration[]): readonly Configuration[] {
  const byNode = new Map<number, Configuration[]>();
  for (const each of [...configurations].sort((a, b) => a.obligations.length - b.obligations.length)) {
    const kept = byNode.get(each.node);
    if (kept === undefined) byNode.set(each.node, [each]);
    else if (!kept.some((other) => other.obligations.every((one) => each.obligations.includes(one)))) {
      kept.push(each);
    }
  }
  return [...byNode.values()].flat();
}
