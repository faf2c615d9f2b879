import { groupEdgesByTarget, type TransitionTable, toSources } from './transition-table.ts';

/** Keeps the states that can be reached and can reach acceptance, and the start in any case. */
export function trimTable(table: TransitionTable): TransitionTable {
  const isReached = findReached(table);
  const isAlive = findAlive(table);
  const { isAccepting, firstEdges, labels, targets } = table;
  const numbers = new Int32Array(isAccepting.length).fill(-1);
  let kept = 0;
  for (let state = 0; state < isAccepting.length; state++) {
    if (state === 0 || (isReached[state] === 1 && isAlive[state] === 1)) numbers[state] = kept++;
  }
  if (kept === isAccepting.length && isAlive[0] === 1) return table;

  const trimmed = {
    classes: table.classes,
    isAccepting: [] as boolean[],
    firstEdges: [0],
    labels: [] as number[],
    targets: [] as number[],
  };
  for (let state = 0; state < isAccepting.length; state++) {
    if (numbers[state] === -1) continue;
    const past = firstEdges[state + 1] as number;
    for (let edge = firstEdges[state] as number; edge < past; edge++) {
      const target = targets[edge] as number;
      if (numbers[target] === -1 || isAlive[target] === 0) continue;
      trimmed.labels.push(labels[edge] as number);
      trimmed.targets.push(numbers[target] as number);
    }
    trimmed.isAccepting.push(isAccepting[state] === true);
    trimmed.firstEdges.push(trimmed.labels.length);
  }
  return trimmed;
}

function findReached({ isAccepting, firstEdges, targets }: TransitionTable): Uint8Array {
  const isReached = new Uint8Array(isAccepting.length);
  isReached[0] = 1;
  const open = [0];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const past = firstEdges[state + 1] as number;
    for (let edge = firstEdges[state] as number; edge < past; edge++) {
      const target = targets[edge] as number;
      if (isReached[target] === 1) continue;
      isReached[target] = 1;
      open.push(target);
    }
  }
  return isReached;
}

/** Walks the edges backwards from acceptance. */
function findAlive(table: TransitionTable): Uint8Array {
  const { isAccepting } = table;
  const { firsts, edges } = groupEdgesByTarget(table);
  const sources = toSources(table);
  const isAlive = new Uint8Array(isAccepting.length);
  const open: number[] = [];
  isAccepting.forEach((accepts, state) => {
    if (!accepts) return;
    isAlive[state] = 1;
    open.push(state);
  });
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const past = firsts[state + 1] as number;
    for (let at = firsts[state] as number; at < past; at++) {
      const source = sources[edges[at] as number] as number;
      if (isAlive[source] === 1) continue;
      isAlive[source] = 1;
      open.push(source);
    }
  }
  return isAlive;
}
