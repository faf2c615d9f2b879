import type { Automaton } from './automaton.ts';
import { type AutomatonBudget, type AutomatonLimits, createAutomatonBudget } from './automaton-limits.ts';
import { codePointMax } from './code-point-set.ts';
import type { Expression } from './expression.ts';
import { toMinimalAutomaton } from './minimise-automaton.ts';
import {
  fork,
  type NondeterministicAutomaton,
  toNondeterministicAutomaton,
} from './nondeterministic-automaton.ts';
import { type AlphabetPartition, partitionAlphabet } from './partition-alphabet.ts';

/** The minimal automaton of the texts that the expression describes. @throws AutomatonTooLargeError */
export function toAutomaton(expression: Expression, limits: AutomatonLimits): Automaton {
  const budget = createAutomatonBudget(limits);
  const nondeterministic = toNondeterministicAutomaton(expression, budget);
  const partition = partitionAlphabet(nondeterministic.distinctSets);
  return new Determiniser(nondeterministic, partition, budget).run();
}

/** The subset construction: a state is the set of nodes in which the nondeterministic automaton may be. */
class Determiniser {
  readonly #nodes: NondeterministicAutomaton;
  readonly #partition: AlphabetPartition;
  readonly #budget: AutomatonBudget;
  /** By state: its nodes that read or accept, ascending. */
  readonly #subsets: (readonly number[])[] = [];
  readonly #states = new Map<string, number>();
  /** The states that were found already, by the nodes before forks are followed. */
  readonly #statesByMove = new Map<string, number>();
  readonly #visits: Int32Array;
  /** Per node: whether it and the end accept every rest of the text, so that other nodes don't matter. */
  readonly #isUniversal: Uint8Array;
  #universalSubset: readonly number[] | undefined;
  #visit = 0;

  constructor(nodes: NondeterministicAutomaton, partition: AlphabetPartition, budget: AutomatonBudget) {
    this.#nodes = nodes;
    this.#partition = partition;
    this.#budget = budget;
    this.#visits = new Int32Array(nodes.sets.length);
    this.#isUniversal = new Uint8Array(nodes.sets.length);
    this.#findUniversalNodes();
  }

  run(): Automaton {
    const { classes, classesOfSets } = this.#partition;
    const { sets, nexts, accepting } = this.#nodes;
    const isAccepting: boolean[] = [];
    const firstEdges = [0];
    const labels: number[] = [];
    const targets: number[] = [];
    const moves: number[][] = classes.map(() => []);
    this.#toState([this.#nodes.start]);
    for (let state = 0; state < this.#subsets.length; state++) {
      const subset = this.#subsets[state] as readonly number[];
      let accepts = false;
      for (const node of subset) {
        if (node === accepting) {
          accepts = true;
          continue;
        }
        const members = classesOfSets[sets[node] as number] as readonly number[];
        this.#budget.takeSteps(members.length);
        for (const label of members) (moves[label] as number[]).push(nexts[node] as number);
      }
      moves.forEach((move, label) => {
        if (move.length === 0) return;
        labels.push(label);
        targets.push(this.#toState(move));
        move.length = 0;
      });
      isAccepting.push(accepts);
      firstEdges.push(labels.length);
    }
    return toMinimalAutomaton({ classes, isAccepting, firstEdges, labels, targets });
  }

  #toState(move: readonly number[]): number {
    const moveKey = move.join();
    const known = this.#statesByMove.get(moveKey);
    if (known !== undefined) return known;
    const subset = this.#followForks(move);
    const key = subset.join();
    let state = this.#states.get(key);
    if (state === undefined) {
      state = this.#subsets.push(subset) - 1;
      this.#budget.checkStates(state + 1);
      this.#states.set(key, state);
    }
    this.#statesByMove.set(moveKey, state);
    return state;
  }

  #followForks(move: readonly number[]): readonly number[] {
    const { sets, nexts, others, accepting } = this.#nodes;
    const visit = ++this.#visit;
    const subset: number[] = [];
    const open = [...move];
    let isUniversal = false;
    let steps = 0;
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (this.#visits[node] === visit) continue;
      this.#visits[node] = visit;
      steps++;
      if (sets[node] === fork && node !== accepting) open.push(nexts[node] as number, others[node] as number);
      else subset.push(node);
      if (this.#isUniversal[node] === 1) isUniversal = true;
    }
    this.#budget.takeSteps(steps);
    subset.sort((a, b) => a - b);
    if (!isUniversal || this.#visits[accepting] !== visit) return subset;
    this.#universalSubset ??= subset;
    return this.#universalSubset;
  }

  /** Finds loops over all characters with an exit to the end: `anyText` after the last part of the search. */
  #findUniversalNodes(): void {
    const { sets, nexts, others, accepting, distinctSets } = this.#nodes;
    const every = distinctSets.findIndex((set) => set[0] === 0 && set[1] === codePointMax);
    if (every === -1) return;
    for (let node = 0; node < sets.length; node++) {
      const loop = nexts[node] as number;
      if (sets[node] !== every || loop === accepting || sets[loop] !== fork) continue;
      const ways = [nexts[loop], others[loop]];
      if (ways.includes(node) && ways.includes(accepting)) this.#isUniversal[node] = 1;
    }
  }
}
