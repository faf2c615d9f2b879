// `oneOf`, `not` and `if`: what a grammar takes out of another. Texts that it gives must all be valid, and nothing is left to
// be checked afterwards.
import { expect, it } from 'vitest';
import { compileJsonSchema } from '../../src/grammar/json-schema/compile-json-schema.ts';
import { createSchemaValidator } from '../../src/grammar/schema-validator.ts';
import { createSampler } from './create-sampler.ts';
import { matchesGrammar } from './matches-grammar.ts';
import { readGbnf } from './read-gbnf.ts';

const I = { type: 'integer' };
const N = { type: 'number' };
const S = { type: 'string' };

function o(properties: Record<string, unknown>, required = Object.keys(properties), more = {}) {
  return { type: 'object', properties, required, ...more };
}

function closed(properties: Record<string, unknown>, required = Object.keys(properties)) {
  return o(properties, required, { additionalProperties: false });
}

function createRandom(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 4) / 2 ** 28;
  };
}

const rows: readonly (readonly [name: string, schema: unknown, texts: readonly string[]])[] = [
  ['an integer or a number', { oneOf: [I, N] }, ['1.5', '-0.25']],
  ['a number that is no integer', { type: 'number', not: I }, ['1.5']],
  [
    'multiples of two numbers',
    {
      oneOf: [
        { ...N, multipleOf: 5 },
        { ...N, multipleOf: 3 },
      ],
    },
    ['10', '9', '3'],
  ],
  ['no multiple', { type: 'integer', not: { multipleOf: 7 } }, ['8', '13']],
  ['no multiple of a large number', { type: 'integer', not: { multipleOf: 5000 } }, ['1', '4999', '-6001']],
  ['no multiple of a large prime', { type: 'integer', not: { multipleOf: 7919 } }, ['1', '7918', '-5']],
  ['no multiple of a fine grid', { type: 'number', not: { multipleOf: 0.1234 } }, ['0.1', '0.0001', '-0.01']],
  ['no multiple of a fraction', { type: 'number', not: { multipleOf: 0.25 } }, ['0.3', '1.1']],
  [
    'ranges that overlap',
    {
      oneOf: [
        { ...I, maximum: 10 },
        { ...I, minimum: 5 },
      ],
    },
    ['4', '11'],
  ],
  [
    'two formats',
    {
      oneOf: [
        { ...S, format: 'date' },
        { ...S, format: 'date-time' },
      ],
    },
    ['"2020-01-02"', '"2020-01-02T10:00:00Z"'],
  ],
  ['a format or any text', { oneOf: [{ ...S, format: 'uri' }, S] }, ['"a b"', '"hello"']],
  ['a text without a format', { ...S, not: { format: 'email' } }, ['"x"']],
  ['constants or any text', { oneOf: [{ enum: ['a', 'b'] }, S] }, ['"c"']],
  [
    'two patterns',
    {
      oneOf: [
        { ...S, pattern: '^a' },
        { ...S, pattern: 'b$' },
      ],
    },
    ['"ax"', '"xb"'],
  ],
  [
    'lengths that overlap',
    {
      oneOf: [
        { ...S, maxLength: 3 },
        { ...S, minLength: 2 },
      ],
    },
    ['"a"', '"abcd"'],
  ],
  ['null in both', { oneOf: [{ type: 'string', nullable: true }, { type: 'null' }] }, ['"a"']],
  [
    'arrays that are both empty',
    {
      oneOf: [
        { type: 'array', items: S },
        { type: 'array', items: I },
      ],
    },
    ['["a"]', '[1]'],
  ],
  ['objects with other names', { oneOf: [o({ a: S }), o({ b: S })] }, ['{"a":"x"}', '{"b":"x"}']],
  [
    'objects with a name that both may have',
    { oneOf: [o({ a: S, b: I }, ['a']), o({ b: I })] },
    ['{"a":"x"}', '{"b":1}'],
  ],
  [
    'closed objects of which one holds the other',
    { oneOf: [closed({ a: S }), closed({ a: S, b: I }, ['a'])] },
    ['{"a":"x","b":1}'],
  ],
  [
    'constants that overlap',
    { oneOf: [o({ kind: { enum: ['x', 'y'] }, v: I }), o({ kind: { enum: ['y', 'z'] }, v: I })] },
    ['{"kind":"x","v":1}', '{"kind":"z","v":1}'],
  ],
  ['none or both of two', { not: { oneOf: [I, S] } }, ['1.5', 'null']],
  ['none of several', { not: { anyOf: [S, I, { type: 'object' }, { type: 'array' }] } }, ['1.5', 'true']],
  [
    'a condition',
    JSON.parse('{"if":{"type":"integer"},"then":{"minimum":5},"else":{"type":"string"}}'),
    ['7', '"a"'],
  ],
  ['an array that is not empty', { type: 'array', not: { const: [] } }, ['[1]']],
  ['an object that is not empty', { type: 'object', not: { enum: [{}] } }, ['{"a":1}']],
  ['three kinds', { oneOf: [I, N, S] }, ['1.5', '"a"']],
  ['anything or a text', { oneOf: [true, S] }, ['1']],
  [
    'references',
    {
      $defs: { i: I, n: { $ref: '#/$defs/m' }, m: N },
      oneOf: [{ $ref: '#/$defs/i' }, { $ref: '#/$defs/n' }],
    },
    ['1.5'],
  ],
  ['an item of another kind', { type: 'array', not: { items: I } }, ['["a"]', '[1,"a"]']],
  ['no item of a kind', { type: 'array', not: { contains: I } }, ['[]', '["a"]']],
  [
    'a dependency that is not kept',
    { ...o({ a: I, b: I }, []), not: { dependentRequired: { a: ['b'] } } },
    ['{"a":1}'],
  ],
  [
    'keywords of no draft',
    { type: 'number', not: { type: 'integer', 'x-order': 1, description: 'd' } },
    ['1.5'],
  ],
];

it.each(rows)('%s', (_name, schema, texts) => {
  const { gbnf, checkedAfterwards } = compileJsonSchema(schema);
  const grammar = readGbnf(gbnf);
  const validator = createSchemaValidator(schema);
  const sampler = createSampler(grammar);
  const random = createRandom(7);
  const samples = Array.from({ length: 100 }, () => sampler.sample(random) ?? '');
  expect(samples.filter((sample) => validator.check(JSON.parse(sample)).length > 0)).toEqual([]);
  expect(texts.filter((text) => !matchesGrammar(grammar, text))).toEqual([]);
  expect(checkedAfterwards).toEqual([]);
});

it.each([
  ['twice the same', { oneOf: [S, S] }],
  ['a kind and not', { type: 'integer', not: N }],
  ['an integer that is none', { type: 'integer', not: I }],
])('no value satisfies %s', (_name, schema) => {
  expect(() => compileJsonSchema(schema)).toThrow('No value satisfies ');
});
