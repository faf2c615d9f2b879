import type { Automaton } from './automaton.ts';
import { RefinablePartition } from './refinable-partition.ts';
import {
  groupEdgesByTarget,
  type TransitionTable,
  toAutomatonOfTable,
  toSources,
  toTransitionTables,
} from './transition-table.ts';
import { trimTable } from './trim-table.ts';

/** The one automaton of the same language that has the fewest states; equal languages give equal automata. */
export function minimiseAutomaton(automaton: Automaton): Automaton {
  const [table] = toTransitionTables([automaton]);
  return table === undefined ? automaton : toMinimalAutomaton(table);
}

/** Trims, minimises and converts. */
export function toMinimalAutomaton(table: TransitionTable): Automaton {
  return toAutomatonOfTable(minimiseTable(trimTable(table)));
}

/**
 * In O(m log n) for m edges, by splitting blocks of states and cords of edges against each other (Valmari
 * 2012). Missing edges need no separate state, because the table is trimmed.
 */
function minimiseTable(table: TransitionTable): TransitionTable {
  const { isAccepting, labels, classes } = table;
  const stateCount = isAccepting.length;
  const blocks = new RefinablePartition(stateCount);
  isAccepting.forEach((accepts, state) => {
    if (accepts) blocks.mark(state);
  });
  blocks.split();
  if (labels.length === 0) return table;

  const cords = new RefinablePartition(labels.length);
  cords.splitByKey(labels, classes.length);
  const sources = toSources(table);
  const { firsts: firstIncoming, edges: incoming } = groupEdgesByTarget(table);
  let block = 1;
  for (let cord = 0; cord < cords.setCount; cord++) {
    const past = cords.pasts[cord] as number;
    for (let at = cords.firsts[cord] as number; at < past; at++) {
      blocks.mark(sources[cords.elements[at] as number] as number);
    }
    blocks.split();
    for (; block < blocks.setCount; block++) {
      const blockPast = blocks.pasts[block] as number;
      for (let at = blocks.firsts[block] as number; at < blockPast; at++) {
        const state = blocks.elements[at] as number;
        const end = firstIncoming[state + 1] as number;
        for (let edge = firstIncoming[state] as number; edge < end; edge++)
          cords.mark(incoming[edge] as number);
      }
      cords.split();
    }
  }
  return blocks.setCount === stateCount ? table : toQuotient(table, blocks);
}

/** One state for each block, with the edges of any of its members. */
function toQuotient(table: TransitionTable, blocks: RefinablePartition): TransitionTable {
  const numbers = new Int32Array(blocks.setCount).fill(-1);
  const members: number[] = [];
  for (let state = 0; state < table.isAccepting.length; state++) {
    const block = blocks.setOf[state] as number;
    if (numbers[block] !== -1) continue;
    numbers[block] = members.length;
    members.push(state);
  }
  const firstEdges = [0];
  const labels: number[] = [];
  const targets: number[] = [];
  for (const state of members) {
    const past = table.firstEdges[state + 1] as number;
    for (let edge = table.firstEdges[state] as number; edge < past; edge++) {
      labels.push(table.labels[edge] as number);
      targets.push(numbers[blocks.setOf[table.targets[edge] as number] as number] as number);
    }
    firstEdges.push(labels.length);
  }
  const isAccepting = members.map((state) => table.isAccepting[state] === true);
  return { classes: table.classes, isAccepting, firstEdges, labels, targets };
}
