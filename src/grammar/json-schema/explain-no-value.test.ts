import { expect, test } from 'vitest';
import { compileJsonSchema } from './compile-json-schema.ts';

const closed = (v: unknown) => ({
  type: 'object',
  properties: { v },
  required: ['v'],
  additionalProperties: false,
});

test.each<[string, object, string]>([
  ['an empty list', { type: 'string', enum: [] }, 'enum'],
  ['a list of another type', { type: 'string', enum: [1, 2] }, 'enum'],
  ['a constant beside bounds', { type: 'integer', const: 3, minimum: 5 }, 'const'],
  ['an unknown type', { type: 'unknown' }, 'type'],
  ['types that exclude each other', { type: 'string', allOf: [{ type: 'integer' }] }, 'allOf.0.type'],
  ['lengths', { type: 'string', minLength: 5, maxLength: 3 }, 'maxLength'],
  ['bounds', { type: 'integer', minimum: 5, maximum: 3 }, 'minimum'],
  [
    'no integer between bounds',
    { type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 2 },
    'exclusiveMinimum',
  ],
  ['items', { type: 'array', minItems: 3, maxItems: 1 }, 'maxItems'],
  ['members', { type: 'object', minProperties: 3, maxProperties: 1 }, 'maxProperties'],
  ['a pattern that is too long', { type: 'string', pattern: '^aaaa$', maxLength: 2 }, 'pattern'],
  ['a schema that is false', { allOf: [false] }, 'allOf.0'],
  ['no alternatives', { anyOf: [] }, 'anyOf'],
  ['an item', { type: 'array', items: { enum: [] }, minItems: 1 }, 'items.enum'],
])('a schema without a value is refused at its keyword: %s', (_, schema, path) => {
  for (const [given, at] of [
    [schema, path],
    [closed(schema), `properties.v.${path}`],
    [{ $defs: { A: schema }, allOf: [closed({ $ref: '#/$defs/A' })] }, `$defs.A.${path}`],
  ] as const) {
    const compile = () => compileJsonSchema(given);
    expect(compile).toThrow(`No value satisfies '${at}' in this schema: `);
    expect(compile).toThrow(expect.objectContaining({ path: at }));
  }
});

test('a schema that demands itself is refused where it does', () => {
  const node = { type: 'object', properties: { next: { $ref: '#/$defs/N' } }, required: ['next'] };
  expect(() => compileJsonSchema({ $ref: '#/$defs/N', $defs: { N: node } })).toThrow('which then never ends');
});

const definitions = {
  A: { $ref: '#/$defs/B' },
  B: { $ref: '#/$defs/A' },
  C: { allOf: [{ type: 'string' }, { $ref: '#/$defs/C' }] },
};

test.each<[string, unknown, string]>([
  ['two references in a circle', { $ref: '#/$defs/A' }, '$defs.B.$ref'],
  ['through allOf', { $ref: '#/$defs/C' }, '$defs.C.allOf.1.$ref'],
])('a schema that demands itself is refused at its reference: %s', (_, v, path) => {
  for (const schema of [
    { $defs: definitions, ...closed(v) },
    { $defs: definitions, allOf: [v] },
  ]) {
    expect(() => compileJsonSchema(schema)).toThrow(expect.objectContaining({ path }));
  }
});

test('the same reference twice, or a part of the same schema, is no circle', () => {
  const N = { type: 'object', properties: { next: { $ref: '#/$defs/N' } }, required: [] };
  const twice = { allOf: [{ $ref: '#/$defs/N' }, { $ref: '#/$defs/N' }], $defs: { N } };
  expect(compileJsonSchema(twice).checkedAfterwards).toEqual([]);
});
