import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Automaton, acceptsText, isEmptyAutomaton, isFiniteAutomaton } from './automaton.ts';
import { AutomatonTooLargeError } from './automaton-limits.ts';
import { everyCodePoint, intersect, toCodePointSet, unite } from './code-point-set.ts';
import {
  complementAutomaton,
  intersectAutomata,
  subtractAutomata,
  uniteAutomata,
} from './combine-automata.ts';
import {
  anyCharacter,
  anyText,
  characters,
  choice,
  type Expression,
  emptyText,
  optional,
  repeat,
  sequence,
  text,
} from './expression.ts';
import { lengthBoundedAutomaton } from './length-bounded-automaton.ts';
import { minimiseAutomaton } from './minimise-automaton.ts';
import { textsToAutomaton } from './texts-to-automaton.ts';
import { toAutomaton } from './to-automaton.ts';

const limits = { statesMax: 5_000, stepsMax: 2_000_000 };

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom('a', 'b', 'ab', 'bc', '😀a', '').map((set) => characters(toCodePointSet(set))),
    fc.constantFrom('a', 'ba', '', 'c😀').map(text),
    fc.array(tie('expression'), { maxLength: 3 }).map((parts) => sequence(...parts)),
    fc.array(tie('expression'), { maxLength: 3 }).map((options) => choice(...options)),
    fc
      .tuple(tie('expression'), fc.nat(2), fc.constantFrom(0, 1, 2, Number.POSITIVE_INFINITY))
      .map(([of, min, more]) => repeat(of, min, min + more)),
  ),
}));

const shortText = fc
  .array(fc.constantFrom('a', 'b', 'c', '😀'), { maxLength: 7 })
  .map((parts) => parts.join(''));

/** The same language for the engine of the platform. */
function toNative(of: Expression): string {
  switch (of.kind) {
    case 'characters': {
      let ranges = '';
      for (let at = 0; at < of.set.length; at += 2) {
        ranges += `\\u{${of.set[at]?.toString(16)}}-\\u{${of.set[at + 1]?.toString(16)}}`;
      }
      return `[${ranges}]`;
    }
    case 'sequence':
      return `(?:${of.parts.map(toNative).join('')})`;
    case 'choice':
      return of.options.length === 0 ? '[]' : `(?:${of.options.map(toNative).join('|')})`;
    case 'repeat':
      return `(?:${toNative(of.of)}){${of.min},${Number.isFinite(of.max) ? of.max : ''}}`;
  }
}

function expectTidy({ states }: Automaton): void {
  const sources = new Set([0]);
  for (const { transitions } of states) {
    expect(new Set(transitions.map(({ target }) => target)).size).toBe(transitions.length);
    transitions.forEach(({ characters, target }, at) => {
      expect(characters.length).toBeGreaterThan(0);
      for (const other of transitions.slice(at + 1))
        expect(intersect(characters, other.characters)).toEqual([]);
      sources.add(target);
    });
  }
  expect(sources.size).toBe(states.length);
}

describe('an expression becomes an automaton', () => {
  test('of the same texts', () => {
    fc.assert(
      fc.property(expression, fc.array(shortText, { minLength: 20, maxLength: 20 }), (of, texts) => {
        const automaton = toAutomaton(of, limits);
        const native = new RegExp(`^${toNative(of)}$`, 'u');
        expectTidy(automaton);
        for (const value of texts) expect(acceptsText(automaton, value), value).toBe(native.test(value));
      }),
      { numRuns: 300 },
    );
  });

  test('that is minimal: no two states have the same future', () => {
    const hostname = toCodePointSet([
      [0x61, 0x7a],
      [0x30, 0x39],
      [0x2d, 0x2d],
    ]);
    const name = sequence(characters(toCodePointSet([[0x61, 0x7a]])), repeat(characters(hostname), 0, 62));
    expect(toAutomaton(name, limits).states).toHaveLength(64);
    const twice = choice(sequence(text('ab'), anyText), sequence(text('cb'), anyText));
    expect(toAutomaton(twice, limits)).toEqual({
      states: [
        { isAccepting: false, transitions: [{ characters: [0x61, 0x61, 0x63, 0x63], target: 1 }] },
        { isAccepting: false, transitions: [{ characters: [0x62, 0x62], target: 2 }] },
        { isAccepting: true, transitions: [{ characters: everyCodePoint, target: 2 }] },
      ],
    });
    fc.assert(
      fc.property(expression, (of) => {
        const automaton = toAutomaton(of, limits);
        const doubled = toAutomaton(choice(of, sequence(of), repeat(of, 1, 1)), limits);
        expect(doubled).toEqual(automaton);
        expect(minimiseAutomaton(automaton)).toEqual(automaton);
      }),
    );
  });

  test('of no text, of the empty one, of all', () => {
    const nothing = { states: [{ isAccepting: false, transitions: [] }] };
    expect(toAutomaton(choice(), limits)).toEqual(nothing);
    expect(toAutomaton(sequence(text('a'), characters([])), limits)).toEqual(nothing);
    expect(isEmptyAutomaton(toAutomaton(choice(), limits))).toBe(true);
    expect(isEmptyAutomaton(toAutomaton(emptyText, limits))).toBe(false);
    expect(toAutomaton(anyText, limits).states).toHaveLength(1);
    expect(acceptsText(toAutomaton(anyCharacter, limits), '\ud800')).toBe(true);
    expect(acceptsText(toAutomaton(anyCharacter, limits), '😀')).toBe(true);
    expect(acceptsText(toAutomaton(anyCharacter, limits), 'ab')).toBe(false);
  });
});

describe('automata combine', () => {
  test('as the sets of their texts do', () => {
    fc.assert(
      fc.property(
        expression,
        expression,
        fc.array(shortText, { minLength: 20, maxLength: 20 }),
        (ofA, ofB, texts) => {
          const a = toAutomaton(ofA, limits);
          const b = toAutomaton(ofB, limits);
          const both = intersectAutomata(a, b, limits);
          const either = uniteAutomata(a, b, limits);
          const onlyA = subtractAutomata(a, b, limits);
          const notA = complementAutomaton(a);
          for (const automaton of [both, either, onlyA, notA]) expectTidy(automaton);
          for (const value of texts) {
            const inA = acceptsText(a, value);
            const inB = acceptsText(b, value);
            expect(acceptsText(both, value)).toBe(inA && inB);
            expect(acceptsText(either, value)).toBe(inA || inB);
            expect(acceptsText(onlyA, value)).toBe(inA && !inB);
            expect(acceptsText(notA, value)).toBe(!inA);
          }
          expect(minimiseAutomaton(either)).toEqual(toAutomaton(choice(ofA, ofB), limits));
          expect(minimiseAutomaton(complementAutomaton(notA))).toEqual(a);
          expect(isEmptyAutomaton(subtractAutomata(a, either, limits))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('and know whether they are finite', () => {
    expect(isFiniteAutomaton(toAutomaton(repeat(text('ab'), 0, 9), limits))).toBe(true);
    expect(isFiniteAutomaton(toAutomaton(sequence(text('a'), repeat(text('bc'), 1, Infinity)), limits))).toBe(
      false,
    );
    expect(isFiniteAutomaton(toAutomaton(choice(), limits))).toBe(true);
  });
});

test('a set of texts becomes its minimal automaton', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(shortText, fc.string({ unit: 'binary', maxLength: 4 }))), (texts) => {
      const automaton = textsToAutomaton(texts);
      expect(automaton).toEqual(toAutomaton(choice(...texts.map(text)), limits));
    }),
  );
  const torn = ['\ud800', '\ud800a', '\ud800\udc00', '\ud800\ue000', '😀', '\uffff'];
  expect(textsToAutomaton(torn)).toEqual(toAutomaton(choice(...torn.map(text)), limits));
});

test('many long texts are no burden', () => {
  const texts = Array.from({ length: 20_000 }, (_, at) => `${Math.imul(at, 0x9e3779b1) >>> 0}-suffix-${at}`);
  const automaton = textsToAutomaton(texts);
  for (const value of texts) expect(acceptsText(automaton, value)).toBe(true);
  expect(acceptsText(automaton, `${texts[7]}0`)).toBe(texts.includes(`${texts[7]}0`));
});

test('a length is counted in code points', () => {
  const automaton = lengthBoundedAutomaton(1, 2);
  expect(['', '😀', '😀a', '😀a\ud800'].map((value) => acceptsText(automaton, value))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  for (const [min, max] of [
    [0, 0],
    [0, Infinity],
    [3, Infinity],
    [2, 5],
  ] as const) {
    expect(lengthBoundedAutomaton(min, max)).toEqual(toAutomaton(repeat(anyCharacter, min, max), limits));
  }
  expect(isEmptyAutomaton(lengthBoundedAutomaton(3, 2))).toBe(true);
  expect(() => lengthBoundedAutomaton(0, 1e9, limits)).toThrow(AutomatonTooLargeError);
});

describe('what is too large is refused', () => {
  let doubled = text('a');
  for (let times = 0; times < 60; times++) doubled = sequence(doubled, doubled);
  let deep = text('a');
  for (let times = 0; times < 50_000; times++) deep = optional(deep);
  const manyLater = sequence(anyText, text('a'), repeat(characters(toCodePointSet('ab')), 40, 40), text('a'));
  test.each([
    ['repeated repetitions', repeat(repeat(text('a'), 1000, 1000), 1000, 1000)],
    ['a huge repetition', repeat(anyCharacter, 0, 1e15)],
    ['a shared part, doubled 60 times', doubled],
    ['a deep nest', deep],
    ['a guess that must be remembered', manyLater],
    ['nested optional repetitions', repeat(repeat(optional(text('a')), 0, 150), 0, 150)],
  ])('%s', (_, of) => {
    expect(() => toAutomaton(of, limits)).toThrow(AutomatonTooLargeError);
  });

  test('nested loops are not large', () => {
    const loop = (of: Expression) => repeat(of, 1, Infinity);
    expect(toAutomaton(loop(loop(loop(text('a')))), limits).states).toHaveLength(2);
  });

  test('a product', () => {
    const a = toAutomaton(repeat(repeat(anyCharacter, 97, 97), 0, Infinity), limits);
    const b = toAutomaton(repeat(repeat(anyCharacter, 101, 101), 0, Infinity), limits);
    expect(() => intersectAutomata(a, b, limits)).toThrow(AutomatonTooLargeError);
  });
});

test('sets of code points', () => {
  expect(toCodePointSet('cab😀a')).toEqual([0x61, 0x63, 0x1f600, 0x1f600]);
  expect(unite([1, 3], [4, 6], [9, 9])).toEqual([1, 6, 9, 9]);
});
