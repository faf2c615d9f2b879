import { itemRulePrefix } from './gbnf/grammar-writer.ts';
import { type GbnfRules, terminal } from './gbnf/parse-gbnf.ts';

/** Rules of what follows a backslash: a character that is written as an escape counts as one. */
export const escapeRules = ['escape', 'whole-escape', 'every-escape'].flatMap((name) => [
  name,
  `${itemRulePrefix}${name}`,
]);

/**
 * Characters of the longest text of a grammar; infinite where a rule may come again within itself. What rules named in
 * `weightless` make counts for nothing: of an escape, say, the backslash alone.
 */
export function measureLongestText(
  { rules, root, places }: GbnfRules,
  weightless: readonly string[] = [],
): number {
  const longest = new Float64Array(rules.length).fill(Number.NaN);
  for (const name of weightless) {
    const place = places.get(name);
    if (place !== undefined) longest[place] = 0;
  }
  const isOpen = new Uint8Array(rules.length);
  const isEndless = new Uint8Array(rules.length);
  // An explicit stack instead of recursion, because repetitions are rules within rules, thousands of levels
  // deep.
  const path = [toPlace(rules, root)];
  for (let place = path.at(-1); place !== undefined; place = path.at(-1)) {
    const { id, below } = place;
    isOpen[id] = 1;
    const next = below[place.at];
    place.at += 1;
    if (next === undefined) {
      longest[id] = isEndless[id] === 1 ? Number.POSITIVE_INFINITY : measureRule(rules[id], longest);
      isOpen[id] = 0;
      path.pop();
    } else if (isOpen[next] === 1) {
      isEndless[next] = 1;
      isEndless[id] = 1;
    } else if (Number.isNaN(longest[next])) {
      path.push(toPlace(rules, next));
    }
  }
  return longest[root] ?? Number.NaN;
}

/** A rule on the way, the rules in it, and how many of them were looked at. */
interface Place {
  readonly id: number;
  readonly below: readonly number[];
  at: number;
}

function toPlace(rules: GbnfRules['rules'], id: number): Place {
  const below = (rules[id]?.alternates ?? []).flat().filter((symbol) => symbol !== terminal);
  return { id, below, at: 0 };
}

function measureRule(rule: GbnfRules['rules'][number] | undefined, longest: Float64Array): number {
  let most = 0;
  for (const [index, alternate] of (rule?.alternates ?? []).entries()) {
    let length = rule?.characters[index] ?? 0;
    for (const symbol of alternate) {
      if (symbol !== terminal) length += longest[symbol] ?? 0;
    }
    most = Math.max(most, length);
  }
  return most;
}
