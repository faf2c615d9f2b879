/**
 * A set of Unicode code points as flat inclusive ranges `[from0, to0, from1, to1, …]`: sorted, disjoint and not
 * adjacent, so that equal sets are equal arrays.
 */
export type CodePointSet = readonly number[];

export const codePointMax = 0x10ffff;
export const everyCodePoint: CodePointSet = [0, codePointMax];
export const noCodePoint: CodePointSet = complement(everyCodePoint);

/** From the characters of a text, or from inclusive ranges in any order. */
export function toCodePointSet(source: string | Iterable<readonly [from: number, to: number]>): CodePointSet {
  const ranges: (readonly [number, number])[] = [];
  if (typeof source === 'string') {
    for (const character of source) {
      const codePoint = character.codePointAt(0) as number;
      ranges.push([codePoint, codePoint]);
    }
  } else {
    for (const range of source) if (range[0] <= range[1]) ranges.push(range);
  }
  return mergeRanges(ranges);
}

export function unite(...sets: readonly CodePointSet[]): CodePointSet {
  const filled = sets.filter((set) => set.length > 0);
  const [first] = filled;
  if (first === undefined) return noCodePoint;
  if (filled.length === 1) return first;
  const ranges: (readonly [number, number])[] = [];
  for (const set of filled) {
    for (let at = 0; at < set.length; at += 2) ranges.push([set[at] as number, set[at + 1] as number]);
  }
  return mergeRanges(ranges);
}

export function intersect(a: CodePointSet, b: CodePointSet): CodePointSet {
  const common: number[] = [];
  let atA = 0;
  let atB = 0;
  while (atA < a.length && atB < b.length) {
    const endA = a[atA + 1] as number;
    const endB = b[atB + 1] as number;
    const from = Math.max(a[atA] as number, b[atB] as number);
    const to = Math.min(endA, endB);
    if (from <= to) common.push(from, to);
    if (endA < endB) atA += 2;
    else atB += 2;
  }
  return common;
}

export function complement(set: CodePointSet): CodePointSet {
  const rest: number[] = [];
  let from = 0;
  for (let at = 0; at < set.length; at += 2) {
    const start = set[at] as number;
    if (start > from) rest.push(from, start - 1);
    from = (set[at + 1] as number) + 1;
  }
  if (from <= codePointMax) rest.push(from, codePointMax);
  return rest;
}

export function subtract(set: CodePointSet, removed: CodePointSet): CodePointSet {
  return intersect(set, complement(removed));
}

export function hasCodePoint(set: CodePointSet, codePoint: number): boolean {
  let low = 0;
  let high = set.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (codePoint < (set[2 * middle] as number)) high = middle - 1;
    else if (codePoint > (set[2 * middle + 1] as number)) low = middle + 1;
    else return true;
  }
  return false;
}

function mergeRanges(ranges: (readonly [number, number])[]): CodePointSet {
  ranges.sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [from, to] of ranges) {
    const last = merged.length - 1;
    if (last > 0 && from <= (merged[last] as number) + 1) merged[last] = Math.max(merged[last] as number, to);
    else merged.push(from, to);
  }
  return merged;
}
