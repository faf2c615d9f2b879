// Each keyword of JSON Schema against llama.cpp's own grammar: what it accepts and what it refuses, without a validator.
import { afterAll, describe, expect, it } from 'vitest';
import { compileOutputFormat } from '../../src/grammar/compile-output-format.ts';
import { compileLimitsDefault } from '../../src/grammar/json-schema/compile-run.ts';
import { openGrammarInspector } from './grammar-inspector.ts';

const inspector = openGrammarInspector({ environment: { PATH: '/usr/bin:/bin' } });
afterAll(() => inspector.close());

type Row = readonly [
  keyword: string,
  schema: unknown,
  accepted: readonly string[],
  refused: readonly string[],
];

const closed = { type: 'object', additionalProperties: false } as const;

const rows: readonly Row[] = [
  ['type', { type: 'string' }, ['"a"', '""', '"\\n\\u00e9 é"'], ['1', 'a', '"', '"\n"']],
  ['type, several', { type: ['integer', 'null'] }, ['1', '-20', 'null'], ['1.5', '"1"', '01', 'nul']],
  ['nullable', { type: 'string', nullable: true }, ['"a"', 'null'], ['1']],
  [
    'enum',
    { enum: ['a', 1, null, { b: [1, 2] }] },
    ['"a"', '1', 'null', '{"b":[1,2]}', '{"b": [1, 2]}'],
    ['"b"', '2'],
  ],
  [
    'enum with common beginnings',
    { enum: ['cat', 'car', 'care'] },
    ['"cat"', '"car"', '"care"'],
    ['"ca"', '"cares"'],
  ],
  ['const', { const: 'quote " and \\' }, ['"quote \\" and \\\\"'], ['"quote"']],
  [
    'minLength, maxLength',
    { type: 'string', minLength: 1, maxLength: 2 },
    ['"a"', '"🦔é"', '"\\n"'],
    ['""', '"abc"'],
  ],
  [
    'a long maxLength',
    { type: 'string', maxLength: 5000 },
    [`"${'a'.repeat(5000)}"`],
    [`"${'a'.repeat(5001)}"`],
  ],
  [
    'a long minLength',
    { type: 'string', minLength: 4100 },
    [`"${'a'.repeat(4100)}"`],
    [`"${'a'.repeat(4099)}"`],
  ],
  ['pattern', { type: 'string', pattern: '^[a-c]+\\d?$' }, ['"abc"', '"a1"'], ['"1"', '"a12"', '""']],
  ['pattern, unanchored', { type: 'string', pattern: 'b' }, ['"abc"', '"b"'], ['"ac"']],
  [
    'pattern and its escapes',
    { type: 'string', pattern: '^["\\\\/\\n]$' },
    ['"\\""', '"\\\\"', '"/"', '"\\n"'],
    ['"a"', '"\\t"'],
  ],
  ['pattern and maxLength', { type: 'string', pattern: '^a*$', maxLength: 3 }, ['"aaa"'], ['"aaaa"', '"b"']],
  ['format date', { type: 'string', format: 'date' }, ['"2024-02-29"'], ['"2023-02-29"', '"2024-13-01"']],
  [
    'format uuid',
    { type: 'string', format: 'uuid' },
    ['"123e4567-e89b-12d3-a456-426614174000"'],
    ['"123e4567"'],
  ],
  ['format ipv4', { type: 'string', format: 'ipv4' }, ['"127.0.0.1"'], ['"256.0.0.1"', '"1.2.3"']],
  ['an unknown format is a note', { type: 'string', format: 'colour' }, ['"red"'], ['1']],
  [
    'minimum, maximum',
    { type: 'integer', minimum: -5, maximum: 120 },
    ['-5', '0', '99', '120'],
    ['-6', '121', '1000'],
  ],
  [
    'exclusive bounds',
    { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
    ['0.5', '0.01'],
    ['0', '1', '-0.5', '1.5'],
  ],
  ['bounds of draft 4', { type: 'integer', minimum: 1, exclusiveMinimum: true }, ['2'], ['1', '0']],
  [
    'a bound with places',
    { type: 'number', minimum: 1.25 },
    ['1.25', '1.3', '2', '10.0'],
    ['1.24', '1.2', '1', '0.9'],
  ],
  ['multipleOf', { type: 'integer', multipleOf: 7 }, ['0', '7', '-14', '700'], ['1', '20']],
  [
    'multipleOf, a grid',
    { type: 'number', multipleOf: 0.05 },
    ['0.05', '1.1', '3', '2.75'],
    ['0.01', '1.12', '0.051'],
  ],
  [
    'properties, in the order of the schema',
    { ...closed, properties: { b: { type: 'integer' }, a: { type: 'integer' } }, required: ['b', 'a'] },
    ['{"b":1,"a":2}', '{"b": 1, "a": 2}'],
    ['{"a":2,"b":1}', '{"b":1}', '{"b":1,"a":2,"c":3}', '{"b":1,"b":1,"a":2}'],
  ],
  [
    'optional properties',
    { ...closed, properties: { a: { type: 'integer' }, b: { type: 'integer' } }, required: ['b'] },
    ['{"b":1}', '{"a":1,"b":2}', '{"b":2,"a":1}'],
    ['{}', '{"a":1}', '{"b":1,}'],
  ],
  [
    'additionalProperties',
    { type: 'object', properties: { ab: { type: 'integer' } }, additionalProperties: { type: 'string' } },
    ['{}', '{"ab":1}', '{"a":"x","ab":1,"abc":"y"}', '{"b\\"":"z"}'],
    ['{"ab":"x"}', '{"a":1}', '{"\\u0061b":"x"}'],
  ],
  [
    'patternProperties',
    { ...closed, patternProperties: { '^x-': { type: 'integer' } } },
    ['{"x-a":1,"x-b":2}', '{}'],
    ['{"y":1}', '{"x-a":"b"}'],
  ],
  ['propertyNames', { type: 'object', propertyNames: { maxLength: 2 } }, ['{"ab":1}'], ['{"abc":1}']],
  [
    'minProperties, maxProperties',
    { ...closed, properties: { a: {}, b: {}, c: {} }, minProperties: 1, maxProperties: 2 },
    ['{"a":1}', '{"c":1,"b":1}'],
    ['{}', '{"a":1,"b":1,"c":1}'],
  ],
  [
    'items',
    { type: 'array', items: { type: 'integer' } },
    ['[]', '[1]', '[1, 2]', '[1,2]'],
    ['["a"]', '[1,]', '[1 ,2]'],
  ],
  [
    'minItems, maxItems',
    { type: 'array', items: { type: 'null' }, minItems: 2, maxItems: 3 },
    ['[null,null]'],
    ['[null]', '[null,null,null,null]'],
  ],
  [
    'prefixItems',
    { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false, minItems: 1 },
    ['["a"]', '["a",1]'],
    ['[]', '[1]', '["a",1,2]'],
  ],
  [
    'items of draft 7, a list',
    { type: 'array', items: [{ type: 'string' }], additionalItems: { type: 'integer' } },
    ['["a",1,2]', '[]'],
    ['["a","b"]'],
  ],
  ['contains', { type: 'array', contains: { const: 1 } }, ['[1]', '["a",1,2]'], ['[]', '["a"]']],
  [
    'anyOf',
    { anyOf: [{ type: 'integer' }, { type: 'string', maxLength: 1 }] },
    ['1', '"a"'],
    ['"ab"', 'null'],
  ],
  [
    'oneOf with a discriminator',
    {
      oneOf: ['cat', 'dog'].map((kind) => ({
        ...closed,
        properties: { kind: { const: kind }, [`${kind}Age`]: { type: 'integer' } },
        required: ['kind', `${kind}Age`],
      })),
    },
    ['{"kind":"cat","catAge":3}', '{"kind":"dog","dogAge":3}'],
    ['{"kind":"cat","dogAge":3}'],
  ],
  ['allOf', { allOf: [{ type: 'integer', minimum: 3 }, { maximum: 5 }] }, ['3', '5'], ['2', '6']],
  ['not', { type: 'string', not: { enum: ['a', 'b'] } }, ['"c"', '"ab"', '""'], ['"a"', '"b"']],
  [
    'not required',
    { type: 'object', properties: { a: {} }, not: { required: ['a'] } },
    ['{}', '{"b":1}'],
    ['{"a":1}'],
  ],
  [
    'if, then, else',
    {
      ...closed,
      properties: { kind: { enum: ['a', 'b'] }, n: { type: 'integer' } },
      required: ['kind'],
      if: { properties: { kind: { const: 'a' } } },
      // Written as text, because an object with this name passes for a promise.
      ...JSON.parse('{"then": {"required": ["n"]}}'),
    },
    ['{"kind":"a","n":1}', '{"kind":"b"}'],
    ['{"kind":"a"}'],
  ],
  [
    'dependentRequired',
    { ...closed, properties: { a: {}, b: {} }, dependentRequired: { a: ['b'] } },
    ['{}', '{"b":1}', '{"a":1,"b":1}'],
    ['{"a":1}'],
  ],
  [
    '$ref, recursive',
    {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          ...closed,
          properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
          required: ['next'],
        },
      },
    },
    ['{"next":null}', '{"next":{"next":null}}'],
    ['{}', '{"next":1}'],
  ],
  [
    '$id and $anchor',
    {
      $id: 'https://example.com/a',
      properties: { x: { $ref: 'b' }, y: { $ref: '#here' } },
      $defs: { b: { $id: 'b', type: 'integer' }, c: { $anchor: 'here', type: 'null' } },
    },
    ['{"x":1,"y":null}'],
    ['{"x":"a"}', '{"y":1}'],
  ],
  [
    'a reference to a draft',
    { properties: { title: { $ref: 'http://json-schema.org/draft-04/schema#/properties/title' } } },
    ['{"title":"a"}'],
    ['{"title":1}'],
  ],
  ['true', true, ['1', '"a"', '[{}]', '{"a":[null]}'], ['', 'x', '1 ']],
];

describe('keywords', () => {
  it.each(rows)('%s', async (_keyword, schema, accepted, refused) => {
    const format = { kind: 'json-schema', name: 'x', description: undefined, schema, strict: true } as const;
    const { gbnf } = compileOutputFormat(format, { ...compileLimitsDefault, undeclaredMembers: 'allowed' });
    const answers = await inspector.check(gbnf, [...accepted, ...refused]);
    const texts = [...accepted, ...refused];
    expect(texts.filter((_, index) => answers[index])).toEqual([...accepted]);
  });
});

describe('other forms', () => {
  it.each([
    [{ kind: 'choice', choices: ['yes', 'no', 'yes and no'] }, ['yes', 'no', 'yes and no'], ['ye', 'maybe']],
    [{ kind: 'pattern', pattern: '\\d{3}-[A-Z]' }, ['123-A'], ['x123-A', '123-AB']],
    [{ kind: 'json-object' }, ['{}', '{"a": [1, {"b": null}]}'], ['[]', '{a:1}', '{"a":1,}']],
    [{ kind: 'grammar', grammar: 'root ::= "a" b*\nb ::= [0-9]' }, ['a', 'a12'], ['b', 'ab']],
  ] as const)('%j', async (format, accepted, refused) => {
    const texts = [...accepted, ...refused];
    const answers = await inspector.check(compileOutputFormat(format).gbnf, texts);
    expect(texts.filter((_, index) => answers[index])).toEqual([...accepted]);
  });
});
