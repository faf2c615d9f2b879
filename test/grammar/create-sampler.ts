import type { CodePointSet } from '../../src/grammar/automaton/code-point-set.ts';
import type { Grammar, GrammarSymbol } from './read-gbnf.ts';

/** A number from 0 up to 1, as Math.random gives it. */
export type Random = () => number;

export interface Sampler {
  /** A text of the grammar; undefined: it has none. */
  sample(random: Random): string | undefined;
  /** A rule that can be entered and has an alternative that never ends; undefined: there is none. */
  readonly endlessRule: string | undefined;
}

export interface SamplerLimits {
  /** Characters after which only the shortest way to the end is taken. Default 60. */
  readonly freeCharactersMax?: number;
}

/** Draws texts from a grammar: at random at first, then by the shortest way to an end. */
export function createSampler(grammar: Grammar, { freeCharactersMax = 60 }: SamplerLimits = {}): Sampler {
  const shortest = findShortest(grammar);
  const lengthOf = (symbols: readonly GrammarSymbol[]) =>
    symbols.reduce<number>((sum, symbol) => sum + lengthOfSymbol(symbol, shortest), 0);
  return {
    endlessRule: findEndlessRule(grammar, lengthOf),
    sample: (random) => {
      if (shortest[grammar.root] === Number.POSITIVE_INFINITY) return undefined;
      let text = '';
      const taste = pickTaste(random);
      const pending: GrammarSymbol[] = [grammar.root];
      let stepsLeft = freeCharactersMax * 4;
      for (let symbol = pending.pop(); symbol !== undefined; symbol = pending.pop()) {
        if (typeof symbol !== 'number') {
          text += pickCharacter(symbol, taste, random);
          continue;
        }
        stepsLeft -= 1;
        const finite = (grammar.rules[symbol] ?? []).filter(
          (one) => lengthOf(one) < Number.POSITIVE_INFINITY,
        );
        const isFree = text.length < freeCharactersMax && stepsLeft > 0;
        const chosen = isFree
          ? pick(finite, taste, random)
          : finite.find((one) => lengthOf(one) === shortest[Number(symbol)]);
        for (const next of [...(chosen ?? [])].reverse()) pending.push(next);
      }
      return text;
    },
  };
}

function lengthOfSymbol(symbol: GrammarSymbol, shortest: Float64Array): number {
  if (typeof symbol === 'number') return shortest[symbol] ?? Number.POSITIVE_INFINITY;
  return symbol.length === 0 ? Number.POSITIVE_INFINITY : 1;
}

/** For each rule the characters of its shortest text; Infinity for one that never ends. */
function findShortest({ rules }: Grammar): Float64Array {
  const shortest = new Float64Array(rules.length).fill(Number.POSITIVE_INFINITY);
  const usedBy = rules.map((): Set<number> => new Set());
  for (const [id, alternatives] of rules.entries()) {
    for (const symbol of alternatives.flat()) if (typeof symbol === 'number') usedBy[symbol]?.add(id);
  }
  // The later rules of a repetition are the ones that the earlier ones use.
  const todo = new Set([...rules.keys()]);
  for (const id of todo) {
    todo.delete(id);
    for (const symbols of rules[id] ?? []) {
      const length = symbols.reduce<number>((sum, symbol) => sum + lengthOfSymbol(symbol, shortest), 0);
      if (length < (shortest[id] as number)) {
        shortest[id] = length;
        for (const user of usedBy[id] ?? []) todo.add(user);
      }
    }
  }
  return shortest;
}

function findEndlessRule(
  { rules, root, names }: Grammar,
  lengthOf: (symbols: readonly GrammarSymbol[]) => number,
): string | undefined {
  const seen = new Set([root]);
  for (const id of seen) {
    for (const symbols of rules[id] ?? []) {
      if (lengthOf(symbols) === Number.POSITIVE_INFINITY) return names[id] ?? `a group (${id})`;
      for (const symbol of symbols) if (typeof symbol === 'number') seen.add(symbol);
    }
  }
  return undefined;
}

/** What one text has much of: long rows of 9 show faults that mixed digits don't. */
interface Taste {
  /** How often the first alternative is taken before others are thought of: it's mostly the one that goes on. */
  readonly firstAlternative: number;
  /** How often a character is the first or the last one of its range. */
  readonly lowEnd: number;
  readonly highEnd: number;
}

const tastes: readonly Taste[] = [
  { firstAlternative: 0, lowEnd: 0.15, highEnd: 0.15 },
  { firstAlternative: 0, lowEnd: 0.15, highEnd: 0.15 },
  { firstAlternative: 0.8, lowEnd: 0.2, highEnd: 0.2 },
  { firstAlternative: 0.7, lowEnd: 0.9, highEnd: 0 },
  { firstAlternative: 0.7, lowEnd: 0, highEnd: 0.9 },
];

function pickTaste(random: Random): Taste {
  return tastes[Math.floor(random() * tastes.length)] as Taste;
}

function pick<Item>(items: readonly Item[], { firstAlternative }: Taste, random: Random): Item | undefined {
  return random() < firstAlternative ? items[0] : items[Math.floor(random() * items.length)];
}

/** Of wide sets mostly what people write. */
function pickCharacter(set: CodePointSet, { lowEnd, highEnd }: Taste, random: Random): string {
  const range = Math.floor(random() * (set.length / 2)) * 2;
  const from = set[range] as number;
  const to = set[range + 1] as number;
  const kind = random();
  if (kind < lowEnd) return String.fromCodePoint(from);
  if (kind < lowEnd + highEnd) return String.fromCodePoint(to);
  const last = random() < 0.7 ? Math.min(to, Math.max(from, 0x7e)) : to;
  return String.fromCodePoint(from + Math.floor(random() * (last - from + 1)));
}
