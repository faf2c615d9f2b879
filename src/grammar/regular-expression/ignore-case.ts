import { type CodePointSet, toCodePointSet, unite } from '../automaton/code-point-set.ts';

/** Larger sets get their ASCII counterparts only. */
const casedCodePointsMax = 4_096;

/** Adds the other case of each character where that is one character too (simple case folding). */
export function ignoreCase(set: CodePointSet): CodePointSet {
  let size = 0;
  for (let at = 0; at < set.length; at += 2) size += (set[at + 1] as number) - (set[at] as number) + 1;
  const past = size <= casedCodePointsMax ? 0x110000 : 0x80;
  const added: (readonly [number, number])[] = [];
  for (let at = 0; at < set.length; at += 2) {
    const to = Math.min(set[at + 1] as number, past - 1);
    for (let codePoint = set[at] as number; codePoint <= to; codePoint++) {
      const character = String.fromCodePoint(codePoint);
      for (const other of [character.toLowerCase(), character.toUpperCase()]) {
        const [single, more] = [...other];
        if (single === undefined || more !== undefined || single === character) continue;
        const folded = single.codePointAt(0) as number;
        added.push([folded, folded]);
      }
    }
  }
  return unite(set, toCodePointSet(added));
}
