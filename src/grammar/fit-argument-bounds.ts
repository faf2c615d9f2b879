// Chooses bounds for the parts of forced arguments, so that all of them together fit.
//
// The longest text of a schema is a convex function of each bound (lengths add up, and counts multiply them).
// So between a bound that fits and one that does not, the line between their lengths lies above the real
// lengths: where the line fits, the text fits too, except for rounding. This avoids trying bounds one by one.
import type { WritingBounds } from './gbnf/grammar-writer.ts';
import { callCharactersMin } from './to-call-characters-max.ts';

/** The bounds of forced arguments if there is little room, and the minimum to try if there is more. */
export const toolArgumentBounds: WritingBounds = {
  stringCharactersMax: 200,
  patternedCharactersMax: 200,
  keptCharactersMax: callCharactersMin / 2,
  keptItemsMax: 32,
  nameCharactersMax: 40,
  itemsMax: 8,
  othersMax: 8,
  freeItemsMax: 8,
  levelsMax: 2,
};

/** Undeclared parts are dropped before declared parts are tightened. */
const closed: WritingBounds = { ...toolArgumentBounds, othersMax: 0, freeItemsMax: 3, levelsMax: 1 };

/** Declared bounds that are wider than ours count no more. */
const unkept = { keptCharactersMax: 0, keptItemsMax: 0 };

const narrowest: WritingBounds = {
  ...closed,
  ...unkept,
  itemsMax: 2,
  stringCharactersMax: 40,
  nameCharactersMax: 16,
  freeItemsMax: 2,
};

/** For arguments of many parts, whose bounds multiply: each is narrower than the one before it. */
const narrowerBounds: readonly WritingBounds[] = [
  closed,
  { ...closed, ...unkept, itemsMax: 4, nameCharactersMax: 24 },
  { ...closed, ...unkept, itemsMax: 3, stringCharactersMax: 80, nameCharactersMax: 24 },
  narrowest,
];

/** Bytes of a grammar that is not compiled again and again: only with the narrowest bounds. */
const narrowedBytesMax = 65_536;

/** A grammar whose longest text was measured. */
export interface MeasuredGrammar {
  readonly gbnfCharacters: number;
  /** Infinite: no bound of ours gives it an end. */
  readonly charactersMax: number;
}

/** A grammar with the bounds that it was compiled with. */
export type FittedGrammar<Grammar> = Grammar & { readonly bounds: WritingBounds };

/**
 * Compiles with bounds for which the longest text has at most `charactersMax`, or with the tightest bounds.
 * With little room it tries a few widths. With more room, lists get up to half of it, and strings the rest.
 */
export function fitArgumentBounds<Grammar extends MeasuredGrammar>(
  charactersMax: number,
  compileWith: (bounds: WritingBounds) => Grammar,
): FittedGrammar<Grammar> {
  const compile = (bounds: WritingBounds) => ({ ...compileWith(bounds), bounds });
  const open = compile(toolArgumentBounds);
  if (charactersMax <= callCharactersMin) return narrow(open, charactersMax, compile);
  // Undeclared members are allowed only if they would be allowed with little room, so that they don't take
  // the room of declared ones.
  const isOpen = open.charactersMax <= callCharactersMin;
  const wide = isOpen ? open : compile({ ...closed, levelsMax: 2 });
  if (wide.charactersMax === Number.POSITIVE_INFINITY) return compile(toEndlessBounds(charactersMax));
  const roomy = narrow(wide, charactersMax / 2, compile, [closed]);
  const base = narrow(roomy, charactersMax, compile, narrowerBounds.slice(1));
  const isLarge = base.gbnfCharacters > narrowedBytesMax;
  const listed = isLarge ? base : widen(base, charactersMax / 2, compile, growLists(charactersMax));
  return widen(listed, charactersMax, compile, growStrings(charactersMax));
}

type Compile<Grammar> = (bounds: WritingBounds) => FittedGrammar<Grammar>;

/** The first that fits, or the last. */
function narrow<Grammar extends MeasuredGrammar>(
  widest: FittedGrammar<Grammar>,
  charactersMax: number,
  compile: Compile<Grammar>,
  narrower = narrowerBounds,
): FittedGrammar<Grammar> {
  let found = widest;
  for (const bounds of found.gbnfCharacters > narrowedBytesMax ? narrower.slice(-1) : narrower) {
    if (found.charactersMax <= charactersMax) break;
    found = compile(bounds);
  }
  return found;
}

/** Bounds on the way from narrow ones (`share` 0) to wide ones (1). */
type Growth = (from: WritingBounds, share: number) => WritingBounds;

/** The most growth that fits; none where even a little is too much. */
function widen<Grammar extends MeasuredGrammar>(
  from: FittedGrammar<Grammar>,
  charactersMax: number,
  compile: Compile<Grammar>,
  grow: Growth,
): FittedGrammar<Grammar> {
  if (from.charactersMax >= charactersMax) return from;
  let share = 1;
  let found = compile(grow(from.bounds, share));
  // Lists in lists grow faster than a line.
  while (found.charactersMax > nearFactor * charactersMax && share > shareMin) {
    share /= nearFactor;
    found = compile(grow(from.bounds, share));
  }
  for (let tries = 0; tries < triesMax && found.charactersMax > charactersMax; tries++) {
    const room = charactersMax - from.charactersMax;
    share *= (room / (found.charactersMax - from.charactersMax)) * shortening ** tries;
    found = compile(grow(from.bounds, share));
  }
  return found.charactersMax <= charactersMax ? found : from;
}

/** Interpolate linearly once the text is at most this many times too long. */
const nearFactor = 4;
const shareMin = 1 / 64;

/**
 * Counts are rounded down, counts of string characters by up to a sixteenth, so the line may be slightly low.
 */
const triesMax = 3;
const shortening = 0.95;

/** Lists grow with the square root of the additional room, so that their items can grow as well. */
function toListsFactor(charactersMax: number): number {
  return 2 ** Math.ceil(Math.log2(charactersMax / callCharactersMin) / 2);
}

function growLists(charactersMax: number): Growth {
  const itemsMost = toolArgumentBounds.itemsMax * toListsFactor(charactersMax);
  return (from, share) => ({
    ...from,
    itemsMax: grown(from.itemsMax, itemsMost, share),
    freeItemsMax: grown(from.freeItemsMax, itemsMost, share),
  });
}

/** A string may use half of the room, and a list of strings as much as one. */
function growStrings(charactersMax: number): Growth {
  return (from, share) => {
    const stringCharactersMax = grown(from.stringCharactersMax, charactersMax / 2, share);
    const more =
      (stringCharactersMax - from.stringCharactersMax) / Math.max(from.itemsMax, from.freeItemsMax);
    return { ...from, stringCharactersMax, itemCharactersMax: from.stringCharactersMax + Math.floor(more) };
  };
}

function grown(from: number, to: number, share: number): number {
  return Math.floor(from + Math.max(0, to - from) * share);
}

/** For a recursive schema with little room, these are the tightest bounds. */
function toEndlessBounds(charactersMax: number): WritingBounds {
  const factor = charactersMax / callCharactersMin;
  const itemsMax = narrowest.itemsMax * toListsFactor(charactersMax);
  const stringCharactersMax = Math.floor(narrowest.stringCharactersMax * factor);
  return { ...narrowest, itemsMax, freeItemsMax: itemsMax, stringCharactersMax };
}
