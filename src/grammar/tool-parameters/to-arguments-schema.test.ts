import { expect, test } from 'vitest';
import { matchesGrammar } from '../../../test/grammar/matches-grammar.ts';
import { readGbnf } from '../../../test/grammar/read-gbnf.ts';
import { compileFreeArguments, compileToolArguments } from '../compile-tool-arguments.ts';
import { anyArguments } from './to-arguments-schema.ts';

/** Which of these texts the arguments may be, where a call is free and where it is forced. */
function listAccepted(parameters: unknown): string[][] {
  return [compileFreeArguments(parameters), compileToolArguments(parameters, 720)].map(({ gbnf }) => {
    const grammar = readGbnf(gbnf);
    return ['{}', '{"a":1}', '[]'].filter((text) => matchesGrammar(grammar, text));
  });
}

test.each<[string, unknown]>([
  ['absent', undefined],
  ['null', null],
  ['{}', {}],
  ['a type alone', { type: 'object' }],
  ['no properties', { type: 'object', properties: {} }],
  ['no properties and none required', { properties: {}, required: [], additionalProperties: false }],
  ['null members', { type: 'object', properties: null, required: null }],
  ['annotations', { type: ['object', 'null'], title: 'Now', description: 'No arguments.', 'x-order': 1 }],
  ['definitions', { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', $defs: { A: {} } }],
])('a tool that names no parameters has the empty list of them: %s', (_, parameters) => {
  expect(listAccepted(parameters)).toEqual([['{}'], ['{}']]);
});

test.each<[string, unknown]>([
  ['additional properties', { type: 'object', additionalProperties: true }],
  [
    'additional properties of a type',
    { type: 'object', properties: {}, additionalProperties: { type: 'integer' } },
  ],
  ['patterns of names', { type: 'object', patternProperties: { '^a$': { type: 'integer' } } }],
  ['a reference', { $ref: '#/$defs/A', $defs: { A: { type: 'object', properties: { a: {} } } } }],
  ['alternatives', { anyOf: [{ type: 'object', properties: { a: { type: 'integer' } } }] }],
  ['any object', anyArguments],
])('one that says more keeps what it says: %s', (_, parameters) => {
  expect(listAccepted(parameters)).toEqual([
    ['{}', '{"a":1}'],
    ['{}', '{"a":1}'],
  ]);
});

test('a name that is required is a parameter', () => {
  expect(listAccepted({ type: 'object', required: ['a'] })).toEqual([['{"a":1}'], ['{"a":1}']]);
});
