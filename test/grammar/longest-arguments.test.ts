import { expect, it } from 'vitest';
import { toForcedCallsMax } from '../../src/engine/engine-process/answer/to-forced-calls-max.ts';
import {
  argumentsCharactersMax,
  compileFreeArguments,
  compileToolArguments,
  toolArgumentBounds,
} from '../../src/grammar/compile-tool-arguments.ts';
import { measureLongestText } from '../../src/grammar/measure-longest-text.ts';
import { parseGbnf } from '../../src/grammar/parse-gbnf.ts';
import { soakTools } from '../soak/soak-tools.ts';

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
    expect(compileToolArguments(parameters).charactersMax).toBeLessThan(2 * argumentsCharactersMax);
  },
);

it('bounds stay wide where the whole stays short, and a schema of its own length is not cut', () => {
  const string = { type: 'string' };
  const few = compileToolArguments({ properties: { a: string }, additionalProperties: false });
  expect(few.charactersMax).toBeGreaterThan(toolArgumentBounds.stringCharactersMax);
  const long = { type: 'string', minLength: 4_000 };
  expect(compileToolArguments({ properties: { a: long } }).charactersMax).toBeGreaterThan(
    argumentsCharactersMax,
  );
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
  const toCalls = (...lengths: (number | undefined)[]) => {
    const tools = lengths.map((argumentsCharactersMax, index) => {
      const name = `t${index}`;
      return {
        ...{ name, description: undefined, parameters: undefined, isStrict: false },
        ...{ argumentsGrammar: undefined, argumentsCharactersMax },
      };
    });
    return toForcedCallsMax({ tools, callableNames: tools.map(({ name }) => name).slice(0, 2) });
  };
  expect(toCalls(2)).toBe(8);
  expect(toCalls(2, argumentsCharactersMax / 2)).toBe(4);
  expect(toCalls(2, 3, 1_000_000)).toBe(8);
  expect(toCalls(2, 1_000_000)).toBe(1);
  expect(toCalls(undefined)).toBe(2);
});
