import { hasCodePoint } from '../../src/grammar/automaton/code-point-set.ts';
import type { Grammar, GrammarSymbol } from './read-gbnf.ts';

/** A symbol that comes next, and what comes after it. Equal ones are one object. */
interface Place {
  readonly id: number;
  readonly symbols: readonly GrammarSymbol[];
  readonly at: number;
  readonly after: Place | undefined;
}

/** Whether the grammar has this text. It follows all ways at once, as llama.cpp does. */
export function matchesGrammar(grammar: Grammar, text: string): boolean {
  const places = createPlaces();
  let open = new Set<Place | undefined>();
  const ahead = (place: Place | undefined, into: Set<Place | undefined>) =>
    expand(grammar, places, place, into);
  ahead(places.make([grammar.root], 0, undefined), open);
  for (const character of text) {
    const codePoint = character.codePointAt(0) as number;
    const next = new Set<Place | undefined>();
    for (const place of open) {
      const symbol = place?.symbols[place.at];
      if (place !== undefined && typeof symbol === 'object' && hasCodePoint(symbol, codePoint)) {
        ahead(places.make(place.symbols, place.at + 1, place.after), next);
      }
    }
    if (next.size === 0) return false;
    open = next;
  }
  return open.has(undefined);
}

interface Places {
  /** undefined: there is nothing left. */
  make(symbols: readonly GrammarSymbol[], at: number, after: Place | undefined): Place | undefined;
}

function createPlaces(): Places {
  const numbers = new Map<readonly GrammarSymbol[], number>();
  const known = new Map<string, Place>();
  return {
    make: (symbols, at, after) => {
      if (at === symbols.length) return after;
      const number = numbers.get(symbols) ?? numbers.size;
      numbers.set(symbols, number);
      const key = `${number} ${at} ${after?.id ?? ''}`;
      const place = known.get(key) ?? { id: known.size, symbols, at, after };
      known.set(key, place);
      return place;
    },
  };
}

/** Adds the places before a character that this one leads to. */
function expand(
  { rules }: Grammar,
  places: Places,
  start: Place | undefined,
  into: Set<Place | undefined>,
): void {
  const seen = new Set([start]);
  for (const place of seen) {
    const symbol = place?.symbols[place.at];
    if (place === undefined || typeof symbol !== 'number') {
      into.add(place);
      continue;
    }
    const after = places.make(place.symbols, place.at + 1, place.after);
    for (const symbols of rules[symbol] ?? []) seen.add(places.make(symbols, 0, after));
  }
}
