/** Maximum edit distance at which an unknown name counts as a typo. */
const slipsMax = 3;

/** The known name that was probably meant. Undefined: none is near. */
export function findNearest(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((candidate) => ({ candidate, slips: countSlips(name, candidate) }))
    .sort((first, second) => first.slips - second.slips);
  return nearest === undefined || nearest.slips > slipsMax ? undefined : nearest.candidate;
}

/** Levenshtein distance. */
function countSlips(first: string, second: string): number {
  let row = Array.from({ length: second.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...first].entries()) {
    const next = [index + 1];
    for (const [place, other] of [...second].entries()) {
      const replaced = (row[place] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[place + 1] ?? 0) + 1, (next[place] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
