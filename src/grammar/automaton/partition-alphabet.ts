import type { CodePointSet } from './code-point-set.ts';

/** Code points that belong to the same sets form a class, so automata work on few symbols. */
export interface AlphabetPartition {
  /** By class; code points of no set are in none. */
  readonly classes: readonly CodePointSet[];
  /** For each set in order: its classes, ascending. */
  readonly classesOfSets: readonly (readonly number[])[];
}

export function partitionAlphabet(sets: readonly CodePointSet[]): AlphabetPartition {
  const starts = collectStarts(sets);
  const classOfPiece = new Int32Array(starts.length).fill(-1);
  const pieceAt = new Map<number, number>();
  starts.forEach((start, piece) => {
    pieceAt.set(start, piece);
  });

  // Each set splits the classes that it intersects: the members of class c that are in the set get a new
  // number.
  let classCount = 0;
  const piecesOfSets: number[][] = [];
  for (const set of sets) {
    const pieces: number[] = [];
    const renamed = new Map<number, number>();
    for (let at = 0; at < set.length; at += 2) {
      const past = pieceAt.get((set[at + 1] as number) + 1) as number;
      for (let piece = pieceAt.get(set[at] as number) as number; piece < past; piece++) {
        const before = classOfPiece[piece] as number;
        let after = renamed.get(before);
        if (after === undefined) {
          after = classCount++;
          renamed.set(before, after);
        }
        classOfPiece[piece] = after;
        pieces.push(piece);
      }
    }
    piecesOfSets.push(pieces);
  }
  return toPartition(starts, classOfPiece, piecesOfSets);
}

/** Where a piece of the code points begins that no set cuts further; the last one only ends the piece before. */
function collectStarts(sets: readonly CodePointSet[]): Int32Array {
  const starts = new Set<number>();
  for (const set of sets) {
    for (let at = 0; at < set.length; at += 2) {
      starts.add(set[at] as number);
      starts.add((set[at + 1] as number) + 1);
    }
  }
  return Int32Array.from(starts).sort();
}

/** Numbers the classes that are left by their first code point. */
function toPartition(
  starts: Int32Array,
  classOfPiece: Int32Array,
  piecesOfSets: readonly (readonly number[])[],
): AlphabetPartition {
  const numbers = new Map<number, number>();
  const classes: number[][] = [];
  for (let piece = 0; piece + 1 < starts.length; piece++) {
    const name = classOfPiece[piece] as number;
    if (name < 0) continue;
    let number = numbers.get(name);
    if (number === undefined) {
      number = classes.length;
      numbers.set(name, number);
      classes.push([]);
    }
    appendRange(classes[number] as number[], starts[piece] as number, (starts[piece + 1] as number) - 1);
  }
  const classesOfSets = piecesOfSets.map((pieces) => {
    const members = new Set<number>();
    for (const piece of pieces) members.add(numbers.get(classOfPiece[piece] as number) as number);
    return [...members].sort((a, b) => a - b);
  });
  return { classes, classesOfSets };
}

function appendRange(set: number[], from: number, to: number): void {
  const last = set.length - 1;
  if (last > 0 && from === (set[last] as number) + 1) set[last] = to;
  else set.push(from, to);
}
