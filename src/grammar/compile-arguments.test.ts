// Parameters that are written each on its own: what their grammars let through, and how long it may be.
import { describe, expect, test } from 'vitest';
import { matchesGrammar } from '../../test/grammar/matches-grammar.ts';
import { readGbnf } from '../../test/grammar/read-gbnf.ts';
import { argumentsNotations, type ParameterNotation, type ToolParameter } from '../backend/tool.ts';
import { compileArguments } from './compile-arguments.ts';
import { countGbnf } from './count-gbnf.ts';
import { checkGbnf } from './gbnf/check-gbnf.ts';
import { measureLongestText } from './measure-longest-text.ts';

const notations = ['tagged', 'python', 'gemma'] as const;

function list(
  parameters: unknown,
  notation: ParameterNotation,
  charactersMax?: number,
): readonly ToolParameter[] {
  const { grammar } = compileArguments(parameters, notation, charactersMax);
  return grammar.kind === 'parameters' ? grammar.parameters : [];
}

function allows(
  property: unknown,
  notation: ParameterNotation,
  text: string,
  charactersMax?: number,
): boolean {
  const [parameter] = list({ type: 'object', properties: { a: property } }, notation, charactersMax);
  return matchesGrammar(readGbnf(parameter?.gbnf ?? ''), text);
}

test('a text is in no grammar where it is written as it is, and in that of the notation elsewhere', () => {
  const text = { type: 'string' };
  expect(list({ properties: { a: text } }, 'tagged')).toEqual([
    { name: 'a', isRequired: false, kind: 'text', gbnf: '' },
  ]);
  expect(allows(text, 'python', '"x"')).toBe(true);
  expect(allows(text, 'gemma', '<|"|>x<|"|>')).toBe(true);
  expect(allows({ type: 'string', pattern: '^x$' }, 'tagged', '"x"')).toBe(true);
});

test.each<[unknown, readonly string[], readonly string[]]>([
  [{ type: 'boolean' }, ['True', 'False'], ['true', 'None']],
  [{ type: 'boolean', const: true }, ['True'], ['False']],
  [{ type: 'boolean', enum: [false] }, ['False'], ['True']],
])('a boolean in Python: %j', (property, allowed, refused) => {
  for (const text of allowed) expect(allows(property, 'python', text), text).toBe(true);
  for (const text of refused) expect(allows(property, 'python', text), text).toBe(false);
});

describe('a parameter that refers to', () => {
  const tree = {
    type: 'object',
    properties: { value: { type: 'integer' }, next: { $ref: '#' }, same: { $ref: '#/properties/value' } },
    required: ['value'],
    additionalProperties: false,
  };

  test.each(['tagged', 'python'] as const)('its whole tool or to a neighbour is that, %s', (notation) => {
    const [, next, same] = list(tree, notation);
    const grammar = readGbnf(next?.gbnf ?? '');
    expect(matchesGrammar(grammar, '{"value":1,"next":{"value":2}}')).toBe(true);
    expect(matchesGrammar(grammar, '{"value":"x"}')).toBe(false);
    expect(matchesGrammar(readGbnf(same?.gbnf ?? ''), '12')).toBe(true);
  });

  test('a definition below which the parameters stand', () => {
    const own = { type: 'object', properties: { value: { $ref: '#/$defs/number' } } };
    const parameters = { $ref: '#/$defs/a~1b', $defs: { 'a/b': own, number: { type: 'integer' } } };
    const [value] = list(parameters, 'tagged');
    expect(matchesGrammar(readGbnf(value?.gbnf ?? ''), '7')).toBe(true);
  });
});

test.each([
  { properties: { a: 5 } },
  { properties: { 'a/b~c': {}, '%41': true, '\ud800': {} } },
  { properties: {}, additionalProperties: false },
  undefined,
])('odd parameters compile in each notation: %j', (parameters) => {
  for (const notation of argumentsNotations) {
    for (const room of [undefined, 720]) {
      const { grammar } = compileArguments(parameters, notation, room);
      expect(grammar.notation).toBe(notation);
      for (const { gbnf } of grammar.kind === 'parameters' ? grammar.parameters : []) checkGbnf(gbnf);
    }
  }
});

test('what a list of parameters can not hold is named by its place in the schema of the tool', () => {
  const parameters = {
    type: 'object',
    properties: { tags: { type: 'array', uniqueItems: true } },
    minProperties: 1,
  };
  const namesOf = (notation: (typeof argumentsNotations)[number]) =>
    compileArguments(parameters, notation, 720).checkedAfterwards.map(({ path }) => path);
  expect(namesOf('tagged')).toEqual(['minProperties', 'properties.tags.uniqueItems']);
  expect(namesOf('json')).toEqual(['properties.tags.uniqueItems']);
  const broken = { properties: { a: { type: 'string', enum: [] } } };
  expect(() => compileArguments(broken, 'tagged', 720)).toThrow(
    expect.objectContaining({ path: 'properties.a.enum' }),
  );
});

describe('a forced call', () => {
  const text = { type: 'string' };
  const many = {
    type: 'object',
    properties: Object.fromEntries(
      Array.from({ length: 8 }, (_, index) => [
        `p${index}`,
        [text, { type: 'array', items: text }][index % 2],
      ]),
    ),
  };

  test.each(notations)('has parameters that fit into its room together, %s', (notation) => {
    const two = { properties: { a: text, b: text } };
    for (const room of [720, 2_880, 23_040]) {
      expect(compileArguments(two, notation, room).charactersMax).toBeLessThanOrEqual(room);
      expect(compileArguments(many, notation, room).charactersMax).toBeLessThanOrEqual(Math.max(room, 1_440));
    }
    expect(compileArguments(two, notation, undefined).charactersMax).toBeUndefined();
  });

  test("has an end in Gemma's notation: its lists, and values of any content", () => {
    const items = Array.from({ length: 9 }, () => '1');
    const numbers = { type: 'array', items: { type: 'integer' } };
    expect(allows(numbers, 'gemma', `[${items}]`)).toBe(true);
    expect(allows(numbers, 'gemma', `[${items}]`, 720)).toBe(false);
    expect(allows({ ...numbers, minItems: 9 }, 'gemma', `[${items}]`, 720)).toBe(true);
    expect(allows({}, 'gemma', '[[[[1]]]]')).toBe(true);
    expect(allows({}, 'gemma', '[[[[1]]]]', 720)).toBe(false);
    expect(allows({}, 'gemma', '{a:1}', 720)).toBe(true);
  });

  test.each(notations)(
    'of a tool that takes any parameters has few of them, and short ones, %s',
    (notation) => {
      const { grammar, charactersMax } = compileArguments(
        { type: 'object', additionalProperties: true },
        notation,
        720,
      );
      if (grammar.kind !== 'any-parameters') throw new Error(grammar.kind);
      expect(grammar.parametersMax).toBeGreaterThan(1);
      expect(charactersMax).toBeLessThanOrEqual(720);
      if (notation === 'python') expect(measureLongestText(checkGbnf(grammar.value))).toBeLessThan(720);
      const free = compileArguments(
        { type: 'object', additionalProperties: true },
        notation,
        undefined,
      ).grammar;
      expect(free).toMatchObject({ parametersMax: 16 });
      expect(countGbnf(grammar)).toBeLessThan(10_000);
    },
  );
});
