import { expect, test } from 'vitest';
import { fitArgumentBounds, type MeasuredGrammar, toolArgumentBounds } from './fit-argument-bounds.ts';
import type { WritingBounds } from './gbnf/grammar-writer.ts';

/** Fits arguments whose longest text is given by a formula, and says how often it was asked for. */
function fitTo(charactersMax: number, toLength: (bounds: WritingBounds) => number, gbnfCharacters = 0) {
  let compiled = 0;
  const found = fitArgumentBounds(charactersMax, (bounds): MeasuredGrammar => {
    compiled += 1;
    return { gbnfCharacters, charactersMax: toLength(bounds) };
  });
  return { ...found, compiled };
}

const twoStrings = ({ stringCharactersMax, othersMax }: WritingBounds) =>
  26 + 2 * stringCharactersMax + othersMax * 3_000;
const listOfPairs = ({ itemsMax, stringCharactersMax, itemCharactersMax }: WritingBounds) =>
  20 + stringCharactersMax + itemsMax * (2 * (itemCharactersMax ?? stringCharactersMax) + 20);

test('with little room the bounds are those that small models were measured with', () => {
  expect(fitTo(720, ({ stringCharactersMax }) => stringCharactersMax).bounds).toBe(toolArgumentBounds);
  expect(fitTo(720, twoStrings).bounds).toMatchObject({ stringCharactersMax: 200, othersMax: 0 });
  expect(fitTo(720, listOfPairs).bounds).toMatchObject({ stringCharactersMax: 80, itemsMax: 3 });
});

test.each([1_440, 2_880, 5_760, 11_520, 23_040, 92_160])('two strings share a room of %d', (room) => {
  const { bounds, charactersMax, compiled } = fitTo(room, twoStrings);
  expect(bounds.othersMax).toBe(0);
  expect(charactersMax).toBeLessThanOrEqual(room);
  expect(bounds.stringCharactersMax).toBeGreaterThan(0.45 * room);
  expect(compiled).toBeLessThan(9);
});

test.each([1_440, 2_880, 5_760, 23_040, 92_160])('a string and a list share a room of %d', (room) => {
  const { bounds, charactersMax, compiled } = fitTo(room, listOfPairs);
  expect(charactersMax).toBeLessThanOrEqual(room);
  expect(charactersMax).toBeGreaterThan(0.8 * room);
  expect(compiled).toBeLessThan(14);
  // Neither takes the room of the other.
  expect(bounds.stringCharactersMax).toBeGreaterThan(room / 10);
  expect(bounds.itemsMax * (bounds.itemCharactersMax ?? 0)).toBeGreaterThan(room / 10);
});

test('more room never means narrower bounds than the narrow ones', () => {
  for (const toLength of [twoStrings, listOfPairs]) {
    const narrow = fitTo(720, toLength);
    for (const room of [1_440, 2_880, 5_760]) {
      const { bounds } = fitTo(room, toLength);
      expect(bounds.stringCharactersMax).toBeGreaterThanOrEqual(narrow.bounds.stringCharactersMax);
      expect(bounds.itemsMax).toBeGreaterThanOrEqual(Math.min(narrow.bounds.itemsMax, 3));
    }
  }
});

test('what never fits is as narrow as it goes, and what has no end grows with the room', () => {
  const never = fitTo(23_040, () => 1_000_000);
  expect(never.bounds).toMatchObject({ stringCharactersMax: 40, itemsMax: 2 });
  const endless = (room: number) => fitTo(room, () => Number.POSITIVE_INFINITY);
  expect(endless(720).bounds).toMatchObject({ stringCharactersMax: 40, itemsMax: 2 });
  expect(endless(23_040).bounds).toMatchObject({ stringCharactersMax: 1_280, itemsMax: 16 });
  expect(endless(23_040).compiled).toBe(3);
});

test('what has an end once undeclared members are left out gets the room', () => {
  const { bounds } = fitTo(23_040, (tried) =>
    tried.othersMax > 0 ? Number.POSITIVE_INFINITY : twoStrings(tried),
  );
  expect(bounds.stringCharactersMax).toBeGreaterThan(10_000);
});

test('a large grammar is compiled a few times only', () => {
  const large = 100_000;
  const { bounds, compiled } = fitTo(23_040, twoStrings, large);
  expect(bounds.stringCharactersMax).toBeGreaterThan(10_000);
  expect(compiled).toBeLessThan(6);
});

test.each([721, 1_000, 2_500, 9_999])(
  'arguments without an end have whole bounds in a room of %i',
  (room) => {
    const { bounds } = fitTo(room, () => Number.POSITIVE_INFINITY);
    expect(Object.values(bounds).filter((bound) => !Number.isInteger(bound))).toEqual([]);
  },
);
