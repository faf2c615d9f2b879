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
  /** Their numbers, ascending. */
  readonly configurations: readonly number[];
  /** By tracker, the state that it is in; a tracker's own states know only the trackers before it. */
  readonly trackers: readonly number[];
  readonly isTracked: boolean;
  /** By class: the state after it. */
  readonly successors: Int32Array;
}

interface Move {
  readonly entered: readonly number[];
  readonly trackers: readonly number[];
  readonly successor: number;
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
  /** By number. A node without obligations keeps its number. */
  readonly #configurations: Configuration[];
  readonly #boundNumbers = new Map<string, number>();
  /** The moves from the state that was asked last. */
  #moves: { readonly from: number; readonly known: Move[] } = { from: unknown, known: [] };

  constructor(
    program: AssertionProgram,
    classesOfSets: readonly (readonly number[])[],
    classCount: number,
    budget: AutomatonBudget,
  ) {
    this.#program = program;
    this.#configurations = program.nodes.map((_, node) => ({ node, obligations: [] }));
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
      trackers.push(this.#enter([start], [...trackers]));
    }
    return this.#enter([this.#program.start], trackers);
  }

  /** Whether the text may end in the state. */
  isAccepting(state: number): boolean {
    if (state < 0) return state === universal;
    return this.#at(state).configurations.some((number) => {
      const { node, obligations } = this.#configuration(number);
      if (node !== found && node !== tracked) return false;
      return obligations.every((each) => this.isAccepting(each >> 1) === (each % 2 === 0));
    });
  }

  step(state: number, label: number): number {
    if (state < 0) return state;
    const { successors } = this.#at(state);
    const known = successors[label] as number;
    if (known !== unknown) return known;
    const successor = this.#computeStep(state, label);
    successors[label] = successor;
    return successor;
  }

  #computeStep(state: number, label: number): number {
    const { configurations, trackers } = this.#at(state);
    const entered: number[] = [];
    this.#budget.takeSteps(configurations.length + trackers.length);
    for (const number of configurations) {
      const { node, obligations } = this.#configuration(number);
      const next = this.#nextNode(node, label);
      if (next === undefined) continue;
      const kept = this.#stepObligations(obligations, label);
      if (kept !== undefined) entered.push(this.#numberOf(next, kept));
    }
    const moved = trackers.map((tracker) => this.step(tracker, label));
    return this.#enterAfter(state, entered, moved);
  }

  /** Most classes of characters lead from a state to few others, and following a move is what costs. */
  #enterAfter(state: number, entered: readonly number[], trackers: readonly number[]): number {
    if (this.#moves.from !== state) this.#moves = { from: state, known: [] };
    const { known } = this.#moves;
    const same = known.find((move) => areEqual(move.entered, entered) && areEqual(move.trackers, trackers));
    if (same !== undefined) return same.successor;
    const successor = this.#enter(entered, trackers);
    known.push({ entered, trackers, successor });
    return successor;
  }

  #nextNode(node: number, label: number): number | undefined {
    if (node === found) return found;
    const program = this.#program.nodes[node] as ProgramNode;
    return program.kind === 'read' && this.#hasClass[program.set]?.[label] === 1 ? program.next : undefined;
  }

  /** The remaining obligations after a character. Undefined if one can't be met anymore. */
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

  #numberOf(node: number, obligations: readonly number[]): number {
    if (obligations.length === 0) return node;
    const key = `${node}:${obligations.join()}`;
    const number = this.#boundNumbers.get(key) ?? this.#configurations.push({ node, obligations }) - 1;
    this.#boundNumbers.set(key, number);
    return number;
  }

  /** Follows what reads nothing, and gives the state a number. */
  #enter(entered: readonly number[], trackers: readonly number[]): number {
    const reached: number[] = [];
    const visited = new Set<number>();
    const open = [...entered];
    for (let number = open.pop(); number !== undefined; number = open.pop()) {
      if (visited.has(number)) continue;
      visited.add(number);
      const { node, obligations } = this.#configuration(number);
      this.#budget.takeSteps(1 + obligations.length);
      if (number === found) return universal;
      const program = this.#program.nodes[node] as ProgramNode;
      if (program.kind === 'read' || program.kind === 'end') reached.push(number);
      else this.#follow(program, obligations, trackers, open);
    }
    return reached.length === 0 ? dead : this.#intern(reached, trackers);
  }

  #follow(
    node: Exclude<ProgramNode, { kind: 'read' } | { kind: 'end' }>,
    obligations: readonly number[],
    trackers: readonly number[],
    open: number[],
  ): void {
    if (node.kind === 'fork') {
      for (const next of node.nexts) open.push(this.#numberOf(next, obligations));
      return;
    }
    if (node.kind === 'behind') {
      const state = trackers[node.tracker] ?? dead;
      const holds = state >= 0 && this.#at(state).isTracked;
      if (holds !== node.isNegated) open.push(this.#numberOf(node.next, obligations));
      return;
    }
    const asked = this.#enter([node.start], trackers);
    const bound = addObligation(obligations, asked, node.isNegated);
    if (bound !== undefined) open.push(this.#numberOf(node.next, bound));
  }

  #intern(reached: readonly number[], trackers: readonly number[]): number {
    const configurations = this.#dropBoundMore(reached);
    const key = `${configurations.join()}|${trackers.join()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const isTracked = configurations.includes(tracked);
    const successors = new Int32Array(this.#classCount).fill(unknown);
    const number = this.#states.push({ configurations, trackers, isTracked, successors }) - 1;
    this.#budget.checkStates(number + 1);
    this.#budget.takeSteps(this.#classCount);
    this.#numbers.set(key, number);
    return number;
  }

  /** Leaves out a configuration where another at the same node is bound to less; sorts the others. */
  #dropBoundMore(reached: readonly number[]): readonly number[] {
    const free = new Set(reached.filter((number) => number < this.#program.nodes.length));
    const kept = [...free];
    const byNode = new Map<number, (readonly number[])[]>();
    const bound = reached.filter((number) => !free.has(number));
    bound.sort(
      (a, b) => this.#configuration(a).obligations.length - this.#configuration(b).obligations.length,
    );
    for (const number of bound) {
      const { node, obligations } = this.#configuration(number);
      const others = byNode.get(node) ?? [];
      this.#budget.takeSteps(others.length);
      if (free.has(node) || others.some((other) => other.every((each) => obligations.includes(each))))
        continue;
      byNode.set(node, [...others, obligations]);
      kept.push(number);
    }
    return kept.sort((a, b) => a - b);
  }

  #configuration(number: number): Configuration {
    return this.#configurations[number] as Configuration;
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

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
}
