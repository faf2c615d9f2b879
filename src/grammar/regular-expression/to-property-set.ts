import { type CodePointSet, toCodePointSet } from '../automaton/code-point-set.ts';

const planeSize = 0x10000;
/**
 * Planes with assigned characters. The others are unassigned or private, except for their last two code
 * points.
 */
const variedPlanes: readonly number[] = [0, 1, 2, 3, 14];
/** So that the surrogates are one chunk. */
const chunkSize = 2_048;

/**
 * The code points of a Unicode property (`L`, `Script=Greek`), as the platform knows them; undefined if it knows no
 * such property. Takes some milliseconds: it asks the platform for the runs in a text of all code points.
 */
export function toPropertySet(property: string): CodePointSet | undefined {
  if (!/^[A-Za-z0-9_]{1,64}(?:=[A-Za-z0-9_]{1,64})?$/.test(property)) return undefined;
  let runs: RegExp;
  try {
    runs = new RegExp(`\\p{${property}}+`, 'gu');
  } catch {
    return undefined;
  }
  const ranges: [from: number, to: number][] = [];
  for (let plane = 0; plane <= 16; plane++) {
    const first = plane * planeSize;
    if (variedPlanes.includes(plane)) {
      for (let from = first; from < first + planeSize; from += chunkSize)
        findRuns(runs, from, chunkSize, ranges);
    } else {
      if (isMember(runs, first)) ranges.push([first, first + planeSize - 3]);
      findRuns(runs, first + planeSize - 2, 2, ranges);
    }
  }
  return toCodePointSet(ranges);
}

function findRuns(runs: RegExp, from: number, count: number, ranges: [number, number][]): void {
  if (from === 0xd800) {
    // Next to each other they would read as pairs. The halves of a kind share their properties.
    if (isMember(runs, 0xd800)) ranges.push([0xd800, 0xdbff]);
    if (isMember(runs, 0xdc00)) ranges.push([0xdc00, 0xdfff]);
    return;
  }
  const text = String.fromCodePoint(...Array.from({ length: count }, (_, at) => from + at));
  const unitsPerCharacter = from > 0xffff ? 2 : 1;
  runs.lastIndex = 0;
  for (const run of text.matchAll(runs)) {
    const start = from + run.index / unitsPerCharacter;
    ranges.push([start, start + run[0].length / unitsPerCharacter - 1]);
  }
}

function isMember(runs: RegExp, codePoint: number): boolean {
  runs.lastIndex = 0;
  return runs.test(String.fromCodePoint(codePoint));
}
