// Which members a grammar lets in that its schema does not declare, against llama.cpp's own grammar.
import { afterAll, expect, it } from 'vitest';
import { compileFreeArguments, compileToolArguments } from '../../src/grammar/compile-tool-arguments.ts';
import { compileJsonSchema } from '../../src/grammar/json-schema/compile-json-schema.ts';
import { openGrammarInspector } from './grammar-inspector.ts';

const inspector = openGrammarInspector({ environment: { PATH: '/usr/bin:/bin' } });
afterAll(() => inspector.close());

const integer = { type: 'integer' };
const person = {
  type: 'object',
  properties: { name: { type: 'string' }, age: integer },
  required: ['name', 'age'],
};
const declared = '{"name":"a","age":1}';

type Row = readonly [name: string, schema: unknown, accepted: readonly string[], refused: readonly string[]];

const rows: readonly Row[] = [
  [
    'an object that says nothing of them has none',
    person,
    [declared],
    ['{"name":"a","age":1,"type":"object"}', '{"type":"object","name":"a","age":1}', '{"name":"a"}'],
  ],
  [
    'nor has one in a list, in an alternative or behind a reference',
    {
      type: 'array',
      items: { anyOf: [{ $ref: '#/$defs/p' }, { allOf: [{ properties: { b: integer }, required: ['b'] }] }] },
      $defs: { p: person },
    },
    [`[${declared}]`, '[{"b":1}]'],
    ['[{"b":1,"c":1}]', '[{"name":"a","age":1,"c":1}]'],
  ],
  [
    'one that says true has them behind the declared ones',
    { ...person, additionalProperties: true },
    [declared, '{"name":"a","age":1,"x":null,"y":{"z":1}}'],
    ['{"x":null,"name":"a","age":1}', '{"name":"a","x":null,"age":1}'],
  ],
  [
    'one that gives them a schema has what it allows',
    { ...person, additionalProperties: integer },
    ['{"name":"a","age":1,"x":2}'],
    ['{"name":"a","age":1,"x":"b"}'],
  ],
  [
    'an empty schema is one, and so is that of the members which are left',
    {
      properties: { a: { properties: { b: {} }, additionalProperties: {} } },
      unevaluatedProperties: integer,
    },
    ['{"a":{"b":1,"c":2},"d":3}'],
    ['{"a":1,"d":"x"}'],
  ],
  [
    'true beside other schemas asks for them as well',
    { allOf: [{ properties: { a: integer } }], unevaluatedProperties: true },
    ['{"a":1,"b":2}'],
    ['{"b":2,"a":1}'],
  ],
  [
    'what is optional comes in any order, and the others behind it',
    { properties: { a: integer, b: integer }, additionalProperties: { type: 'null' } },
    ['{}', '{"b":1}', '{"b":1,"a":1,"x":null}', '{"x":null}'],
    ['{"x":null,"a":1}'],
  ],
  [
    'a name that is required is declared',
    { type: 'object', properties: { a: integer }, required: ['a', 'b'] },
    ['{"a":1,"b":[]}'],
    ['{"a":1}', '{"a":1,"b":[],"c":1}'],
  ],
  [
    'so are the names of a pattern',
    { type: 'object', properties: { a: integer }, patternProperties: { '^x-': integer } },
    ['{"a":1}', '{"a":1,"x-b":2}', '{"x-b":2}'],
    ['{"a":1,"b":2}', '{"a":1,"x-b":""}'],
  ],
  [
    'a pattern that only forbids names declares none',
    { type: 'object', patternProperties: { '^_': false } },
    ['{}', '{"a":1}'],
    ['{"_a":1}'],
  ],
  [
    'others come where there must be more members than are declared, and no more than that',
    { type: 'object', properties: { a: integer }, minProperties: 3 },
    ['{"a":1,"b":2,"c":3}', '{"b":1,"c":2,"d":3}'],
    ['{"a":1}', '{"a":1,"b":2}', '{"a":1,"b":2,"c":3,"d":4}'],
  ],
  [
    'the declared ones are enough where they may be',
    { type: 'object', properties: { a: integer, b: integer }, minProperties: 1 },
    ['{"a":1}', '{"b":1}', '{"a":1,"b":1}'],
    ['{}', '{"c":1}', '{"a":1,"c":1}'],
  ],
  [
    'a pattern of too few names is filled up',
    { type: 'object', patternProperties: { '^a$': integer }, minProperties: 2 },
    ['{"a":1,"b":2}'],
    ['{"a":1}'],
  ],
  [
    'an object that declares nothing takes any, nested or not',
    { type: 'object', properties: { a: { type: 'object' }, b: { type: 'object', properties: {} }, c: true } },
    ['{"a":{"x":1},"b":{"y":{"z":[]}},"c":{"v":1}}'],
    ['{"a":{},"d":1}'],
  ],
  ['and so does a format of one', { type: 'object' }, ['{}', '{"a":{"b":1}}'], ['[]']],
  [
    'names that must have a form declare nothing',
    { type: 'object', propertyNames: { pattern: '^[a-z]$' } },
    ['{}', '{"a":1,"b":2}'],
    ['{"A":1}'],
  ],
  [
    'a map of a given length',
    { type: 'object', additionalProperties: integer, minProperties: 1, maxProperties: 2 },
    ['{"a":1}', '{"a":1,"b":2}'],
    ['{}', '{"a":1,"b":2,"c":3}'],
  ],
];

it.each(rows)('%s', async (_name, schema, accepted, refused) => {
  const texts = [...accepted, ...refused];
  const answers = await inspector.check(compileJsonSchema(schema).gbnf, texts);
  expect(texts.filter((_, index) => answers[index])).toEqual([...accepted]);
});

it.each([
  ['a tool that may be called', compileFreeArguments],
  ['a call that is forced', compileToolArguments],
])('the arguments of %s have the declared members alone', async (_name, compile) => {
  const answers = await inspector.check(compile(person).gbnf, [declared, '{"name":"a","age":1,"x":1}']);
  expect(answers).toEqual([true, false]);
});
