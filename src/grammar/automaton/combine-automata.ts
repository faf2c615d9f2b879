import type { Automaton, AutomatonState, AutomatonTransition } from './automaton.ts';
import { type AutomatonBudget, type AutomatonLimits, createAutomatonBudget } from './automaton-limits.ts';
import { complement, everyCodePoint, unite } from './code-point-set.ts';
import { type TransitionTable, toAutomatonOfTable, toTransitionTables } from './transition-table.ts';
import { trimTable } from './trim-table.ts';

/** The texts that both accept. @throws AutomatonTooLargeError */
export function intersectAutomata(a: Automaton, b: Automaton, limits: AutomatonLimits): Automaton {
  return combine(a, b, { accepts: (inA, inB) => inA && inB, needsA: true, needsB: true }, limits);
}

/** The texts that one of them accepts, or both. @throws AutomatonTooLargeError */
export function uniteAutomata(a: Automaton, b: Automaton, limits: AutomatonLimits): Automaton {
  return combine(a, b, { accepts: (inA, inB) => inA || inB, needsA: false, needsB: false }, limits);
}

/** The texts that `a` accepts and `b` does not. @throws AutomatonTooLargeError */
export function subtractAutomata(a: Automaton, b: Automaton, limits: AutomatonLimits): Automaton {
  return combine(a, b, { accepts: (inA, inB) => inA && !inB, needsA: true, needsB: false }, limits);
}

/** The texts that it does not accept. */
export function complementAutomaton(automaton: Automaton): Automaton {
  const sink = automaton.states.length;
  const states = automaton.states.map(({ isAccepting, transitions }): AutomatonState => {
    const rest = complement(unite(...transitions.map(({ characters }) => characters)));
    const completed: AutomatonTransition[] = [...transitions];
    if (rest.length > 0) completed.push({ characters: rest, target: sink });
    return { isAccepting: !isAccepting, transitions: completed };
  });
  states.push({ isAccepting: true, transitions: [{ characters: everyCodePoint, target: sink }] });
  const [table] = toTransitionTables([{ states }]);
  return table === undefined ? automaton : toAutomatonOfTable(trimTable(table));
}

interface Combination {
  readonly accepts: (inA: boolean, inB: boolean) => boolean;
  /** Whether a text that has left `a` or `b` is lost for the result. */
  readonly needsA: boolean;
  readonly needsB: boolean;
}

/** The state of an automaton that a text has left. */
const left = -1;

/** Walks both automata at once, through the pairs of states that one text can reach. */
function combine(a: Automaton, b: Automaton, combination: Combination, limits: AutomatonLimits): Automaton {
  const budget = createAutomatonBudget(limits);
  const [tableA, tableB] = toTransitionTables([a, b]);
  if (tableA === undefined || tableB === undefined) return a;
  const pairs = new PairNumbers(b.states.length + 1, budget);
  pairs.numberOf(0, 0);
  const isAccepting: boolean[] = [];
  const firstEdges = [0];
  const labels: number[] = [];
  const targets: number[] = [];
  for (let pair = 0; pair < pairs.inA.length; pair++) {
    const stateA = pairs.inA[pair] as number;
    const stateB = pairs.inB[pair] as number;
    isAccepting.push(
      combination.accepts(tableA.isAccepting[stateA] === true, tableB.isAccepting[stateB] === true),
    );
    forEachLabel(tableA, stateA, tableB, stateB, (label, targetA, targetB) => {
      budget.takeSteps(1);
      if ((combination.needsA && targetA === left) || (combination.needsB && targetB === left)) return;
      labels.push(label);
      targets.push(pairs.numberOf(targetA, targetB));
    });
    firstEdges.push(labels.length);
  }
  return toAutomatonOfTable(trimTable({ classes: tableA.classes, isAccepting, firstEdges, labels, targets }));
}

/** Merges the edges of two states, which are sorted by label. */
function forEachLabel(
  a: TransitionTable,
  stateA: number,
  b: TransitionTable,
  stateB: number,
  visit: (label: number, targetA: number, targetB: number) => void,
): void {
  let edgeA = a.firstEdges[stateA] ?? 0;
  let edgeB = b.firstEdges[stateB] ?? 0;
  const pastA = a.firstEdges[stateA + 1] as number;
  const pastB = b.firstEdges[stateB + 1] as number;
  const endA = stateA === left ? edgeA : pastA;
  const endB = stateB === left ? edgeB : pastB;
  while (edgeA < endA || edgeB < endB) {
    const labelA = edgeA < endA ? (a.labels[edgeA] as number) : Number.POSITIVE_INFINITY;
    const labelB = edgeB < endB ? (b.labels[edgeB] as number) : Number.POSITIVE_INFINITY;
    const label = Math.min(labelA, labelB);
    const targetA = labelA === label ? (a.targets[edgeA++] as number) : left;
    const targetB = labelB === label ? (b.targets[edgeB++] as number) : left;
    visit(label, targetA, targetB);
  }
}

class PairNumbers {
  readonly inA: number[] = [];
  readonly inB: number[] = [];
  readonly #numbers = new Map<number, number>();
  readonly #rowLength: number;
  readonly #budget: AutomatonBudget;

  constructor(rowLength: number, budget: AutomatonBudget) {
    this.#rowLength = rowLength;
    this.#budget = budget;
  }

  numberOf(stateA: number, stateB: number): number {
    const key = (stateA + 1) * this.#rowLength + stateB + 1;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.inA.push(stateA) - 1;
      this.inB.push(stateB);
      this.#budget.checkStates(number + 1);
      this.#numbers.set(key, number);
    }
    return number;
  }
}
