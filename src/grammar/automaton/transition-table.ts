import type { Automaton, AutomatonState } from './automaton.ts';
import { type CodePointSet, unite } from './code-point-set.ts';
import { partitionAlphabet } from './partition-alphabet.ts';

/** A deterministic automaton whose symbols are classes of code points. State 0 is the start. */
export interface TransitionTable {
  readonly classes: readonly CodePointSet[];
  readonly isAccepting: readonly boolean[];
  /** The edges of state s are `firstEdges[s]` to `firstEdges[s + 1] - 1`, sorted by label. */
  readonly firstEdges: readonly number[];
  /** By edge: the class. */
  readonly labels: readonly number[];
  /** By edge: the state that it leads to. */
  readonly targets: readonly number[];
}

/** Brings automata to tables over the same classes. */
export function toTransitionTables(automata: readonly Automaton[]): readonly TransitionTable[] {
  const numbers = new Map<CodePointSet, number>();
  for (const { states } of automata) {
    for (const { transitions } of states) {
      for (const { characters } of transitions) {
        if (!numbers.has(characters)) numbers.set(characters, numbers.size);
      }
    }
  }
  const { classes, classesOfSets } = partitionAlphabet([...numbers.keys()]);
  return automata.map(({ states }) => {
    const isAccepting: boolean[] = [];
    const firstEdges: number[] = [0];
    const labels: number[] = [];
    const targets: number[] = [];
    for (const state of states) {
      const edges: [label: number, target: number][] = [];
      for (const { characters, target } of state.transitions) {
        const members = classesOfSets[numbers.get(characters) as number] as readonly number[];
        for (const label of members) edges.push([label, target]);
      }
      if (state.transitions.length > 1) edges.sort((a, b) => a[0] - b[0]);
      for (const [label, target] of edges) {
        labels.push(label);
        targets.push(target);
      }
      isAccepting.push(state.isAccepting);
      firstEdges.push(labels.length);
    }
    return { classes, isAccepting, firstEdges, labels, targets };
  });
}

/**
 * Unites the edges that share a target. States are numbered as a breadth-first walk along ascending characters
 * meets them, so that two minimal automata of the same language are equal.
 *
 * @param table trimmed.
 */
export function toAutomatonOfTable(table: TransitionTable): Automaton {
  const { isAccepting, classes } = table;
  const numbers = new Int32Array(isAccepting.length).fill(-1);
  const sets = new Map<string, CodePointSet>();
  const uniteClasses = (labels: readonly number[]) => {
    if (labels.length === 1) return classes[labels[0] as number] as CodePointSet;
    const key = labels.join();
    let set = sets.get(key);
    if (set === undefined) {
      set = unite(...labels.map((label) => classes[label] as CodePointSet));
      sets.set(key, set);
    }
    return set;
  };
  const order = [0];
  numbers[0] = 0;
  const states: AutomatonState[] = [];
  for (let at = 0; at < order.length; at++) {
    const state = order[at] as number;
    const transitions: { characters: CodePointSet; target: number }[] = [];
    for (const [target, labels] of groupByTarget(table, state)) {
      if (numbers[target] === -1) {
        numbers[target] = order.length;
        order.push(target);
      }
      transitions.push({ characters: uniteClasses(labels), target: numbers[target] as number });
    }
    states.push({ isAccepting: isAccepting[state] === true, transitions });
  }
  return { states };
}

/** Ascending by the first character, because classes are numbered by theirs. */
function groupByTarget(table: TransitionTable, state: number): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>();
  const past = table.firstEdges[state + 1] as number;
  for (let edge = table.firstEdges[state] as number; edge < past; edge++) {
    const target = table.targets[edge] as number;
    const label = table.labels[edge] as number;
    const group = groups.get(target);
    if (group === undefined) groups.set(target, [label]);
    else group.push(label);
  }
  return groups;
}

/** By edge: the state that it leaves. */
export function toSources({ firstEdges, labels }: TransitionTable): Int32Array {
  const sources = new Int32Array(labels.length);
  for (let state = 0; state + 1 < firstEdges.length; state++) {
    sources.fill(state, firstEdges[state], firstEdges[state + 1]);
  }
  return sources;
}

/** The edges that lead to state s are `edges[firsts[s]]` to `edges[firsts[s + 1] - 1]`. */
export function groupEdgesByTarget({ targets, isAccepting }: TransitionTable) {
  const firsts = new Int32Array(isAccepting.length + 2);
  for (const target of targets) firsts[target + 2] = (firsts[target + 2] as number) + 1;
  for (let at = 1; at < firsts.length; at++) firsts[at] = (firsts[at] as number) + (firsts[at - 1] as number);
  const edges = new Int32Array(targets.length);
  targets.forEach((target, edge) => {
    const at = firsts[target + 1] as number;
    edges[at] = edge;
    firsts[target + 1] = at + 1;
  });
  return { firsts, edges };
}
