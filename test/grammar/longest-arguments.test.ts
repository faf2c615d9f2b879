import { expect, it } from 'vitest';
import { compileFreeArguments, compileToolArguments } from '../../src/grammar/compile-tool-arguments.ts';
import { toolArgumentBounds } from '../../src/grammar/fit-argument-bounds.ts';
import { parseGbnf } from '../../src/grammar/gbnf/parse-gbnf.ts';
import { measureLongestText } from '../../src/grammar/measure-longest-text.ts';
import { callCharactersMin } from '../../src/grammar/to-call-characters-max.ts';
import { toForcedCallsMax } from '../../src/service/chat/to-forced-calls-max.ts';
import { soakTools } from '../soak/soak-tools.ts';
import { matchesGrammar } from './matches-grammar.ts';
import { readGbnf } from './read-gbnf.ts';

it.each([
  ['root ::= "abc" | "d"', 3],
  ['root ::= "a" [b-z]{2,5} "\\n"?', 7],
  ['root ::= a a | b{0,3}\na ::= "xy" | ""\nb ::= "zz"', 6],
  ['root ::= "a" root | "b"', Number.POSITIVE_INFINITY],
  ['root ::= "a"*', Number.POSITIVE_INFINITY],
  ['root ::= "a" b\nb ::= "c" d | ""\nd ::= "e" b', Number.POSITIVE_INFINITY],
])('the longest text of %j has %d characters', (gbnf, characters) => {
  expect(measureLongestText(parseGbnf(gbnf))).toBe(characters);
});

it.each(soakTools.map(({ name, parameters }) => [name, parameters] as const))(
  'arguments of %s have an end',
  (_name, parameters) => {
    expect(compileToolArguments(parameters).charactersMax).toBeLessThan(2 * callCharactersMin);
  },
);

it.each(
  soakTools.flatMap(({ name, parameters }) =>
    [1_440, 23_040].map((room) => [name, room, parameters] as const),
  ),
)('arguments of %s fit into %d characters', (_name, room, parameters) => {
  expect(compileToolArguments(parameters, room).charactersMax).toBeLessThanOrEqual(room);
});

const file = {
  type: 'object',
  properties: { path: { type: 'string' }, content: { type: 'string' } },
  required: ['path', 'content'],
};

it.each([1_440, 5_760, 92_160])('one text may take near half of a room of %d', (room) => {
  const { gbnf, charactersMax } = compileToolArguments(file, room);
  expect(charactersMax).toBeLessThanOrEqual(room);
  expect(gbnf.length).toBeLessThan(4_096);
  const grammar = readGbnf(gbnf);
  const write = (length: number) => JSON.stringify({ path: '/a', content: 'x'.repeat(length) });
  expect(matchesGrammar(grammar, write(Math.floor(0.45 * room)))).toBe(true);
  expect(matchesGrammar(grammar, write(room))).toBe(false);
});

const text = { type: 'string' };

it.each([720, 1_440, 23_040])('declared maxima take no more than a room of %d', (room) => {
  const tools: Record<string, unknown> = {
    ...Object.fromEntries(
      [600, 10_000, 65_536, 524_288].map((maxLength) => [`${maxLength}`, { ...text, maxLength }]),
    ),
    pattern: { ...text, pattern: '^[a-z ]+$', maxLength: 900 },
    'long pattern': { ...text, pattern: '^[a-z ]+$', maxLength: 65_536 },
    items: { type: 'array', items: text, maxItems: 100_000 },
    members: { type: 'object', additionalProperties: text, maxProperties: 100_000 },
    five: {
      properties: Object.fromEntries(
        ['a', 'b', 'c', 'd', 'e'].map((name) => [name, { ...text, maxLength: 9_000 }]),
      ),
    },
  };
  for (const [name, member] of Object.entries(tools)) {
    const { charactersMax } = compileToolArguments({ properties: { [name]: member }, type: 'object' }, room);
    expect(charactersMax, name).toBeLessThanOrEqual(room);
  }
});

it.each([
  ['a short text', { ...text, maxLength: 280 }, 'x'.repeat(280)],
  ['a text that must be long', { ...text, minLength: 900, maxLength: 65_536 }, 'x'.repeat(900)],
  ['a pattern that must be long', { ...text, pattern: '^x{500}y*$', maxLength: 600 }, 'x'.repeat(500)],
  [
    'items that must be many',
    { type: 'array', items: { type: 'null' }, minItems: 40, maxItems: 900 },
    Array(40).fill(null),
  ],
])('%s keeps the length that its schema declares', (_name, member, value) => {
  const { gbnf } = compileToolArguments({ properties: { a: member }, required: ['a'] });
  expect(matchesGrammar(readGbnf(gbnf), JSON.stringify({ a: value }))).toBe(true);
});

/** Twenty optional members, half of which lead back to the whole. */
const tree = {
  type: 'object',
  properties: Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => {
      const own = { type: 'array', items: { $ref: '#' } };
      return [
        `member_${index}`,
        [own, { $ref: '#' }, {}, { type: 'object', additionalProperties: { $ref: '#' } }][index % 4],
      ];
    }),
  ),
};

it.each([
  ['a schema of twenty members that lead back to it', tree, 60_000],
  ['the schema of draft 4', { $ref: 'http://json-schema.org/draft-04/schema#' }, 300_000],
  ['the schema of draft 7', { $ref: 'http://json-schema.org/draft-07/schema#' }, 300_000],
  ['the schema of draft 2020-12', { $ref: 'https://json-schema.org/draft/2020-12/schema' }, 300_000],
])('the bounds of forced calls do not blow up %s', (_name, schema, charactersMax) => {
  for (const room of [720, 23_040])
    expect(compileToolArguments(schema, room).gbnf.length).toBeLessThan(charactersMax);
});

it('a list of texts leaves room for the text beside it, and a map has members', () => {
  const string = { type: 'string' };
  const parameters = {
    properties: {
      text: string,
      tags: { type: 'array', items: string },
      labels: { additionalProperties: string, type: 'object' },
    },
  };
  const { gbnf, charactersMax } = compileToolArguments(parameters, 23_040);
  expect(charactersMax).toBeLessThanOrEqual(23_040);
  const grammar = readGbnf(gbnf);
  const tags = Array.from({ length: 20 }, () => 'x'.repeat(200));
  const labels = { a: 'b', c: 'x'.repeat(200) };
  expect(matchesGrammar(grammar, JSON.stringify({ text: 'x'.repeat(3_000), tags, labels }))).toBe(true);
  expect(
    matchesGrammar(readGbnf(compileToolArguments(parameters).gbnf), JSON.stringify({ labels: { a: 'b' } })),
  ).toBe(true);
});

it('bounds stay wide where the whole stays short, and a schema of its own length is not cut', () => {
  const string = { type: 'string' };
  const few = compileToolArguments({ properties: { a: string }, additionalProperties: false });
  expect(few.charactersMax).toBeGreaterThan(toolArgumentBounds.stringCharactersMax);
  const long = { type: 'string', minLength: 4_000 };
  expect(compileToolArguments({ properties: { a: long } }).charactersMax).toBeGreaterThan(callCharactersMin);
  const node = { type: 'object', properties: { next: { $ref: '#' } } };
  expect(compileToolArguments(node).charactersMax).toBeUndefined();
});

it('members that nobody declared are left out before those that somebody did are narrowed', () => {
  const { gbnf } = compileToolArguments({ properties: { text: { type: 'string' } }, required: ['text'] });
  expect(gbnf).toContain(`{0,${toolArgumentBounds.stringCharactersMax}}`);
  expect(compileFreeArguments({ properties: { text: { type: 'string' } } }).gbnf).not.toContain(
    `{0,${toolArgumentBounds.stringCharactersMax}}`,
  );
});

it('the longer the arguments of a tool that must be called, the fewer calls', () => {
  const toCalls = (...lengths: (number | undefined)[]) => toForcedCallsMax(callCharactersMin, lengths);
  expect(toCalls(2)).toBe(8);
  expect(toCalls(2, callCharactersMin / 2)).toBe(4);
  expect(toCalls(2, 3)).toBe(8);
  expect(toCalls(2, 1_000_000)).toBe(1);
  expect(toCalls(undefined)).toBe(2);
  expect(toForcedCallsMax(2_880, [720])).toBe(8);
  expect(toForcedCallsMax(2_880, [2_880])).toBe(2);
  expect(toForcedCallsMax(2_880, [undefined])).toBe(2);
});
