import { expect, test } from 'vitest';
import { findMalformedKeywords } from './find-malformed-keywords.ts';

const listPaths = (schema: unknown) => findMalformedKeywords(schema).map(({ path }) => path);
const property = (v: unknown) => ({ type: 'object', properties: { v } });

test.each<[string, unknown, string]>([
  ['a length that is a text', { minLength: '3' }, 'minLength'],
  ['a length below 0', { maxLength: -1 }, 'maxLength'],
  ['a length that is no integer', { minLength: 2.5 }, 'minLength'],
  ['a count that is null', { maxItems: null }, 'maxItems'],
  ['a count of members that is a list', { minProperties: [1] }, 'minProperties'],
  ['a bound that is null', { minimum: null }, 'minimum'],
  ['a bound that is a text', { exclusiveMaximum: '3' }, 'exclusiveMaximum'],
  ['a divisor of 0', { multipleOf: 0 }, 'multipleOf'],
  ['a divisor below 0', { multipleOf: -0.5 }, 'multipleOf'],
  ['an unknown type', { type: 'unknown' }, 'type'],
  ['an unknown type among others', { type: ['string', 'int'] }, 'type'],
  ['a type in capitals', { type: 'STRING' }, 'type'],
  ['no types', { type: [] }, 'type'],
  ['a type that is null', { type: null }, 'type'],
  ['an enum that is an object', { enum: {} }, 'enum'],
  ['required that is a text', { required: 'v' }, 'required'],
  ['required of draft 3', { required: true }, 'required'],
  ['required with a number', { required: [1] }, 'required'],
  ['properties that are a list', { properties: [] }, 'properties'],
  ['properties that are null', { properties: null }, 'properties'],
  ['a property that is no schema', { properties: { a: 3 } }, 'properties.a'],
  ['items that are a number', { items: 3 }, 'items'],
  ['an item that is no schema', { prefixItems: [{}, 'a'] }, 'prefixItems.1'],
  ['additional properties of a text', { additionalProperties: 'no' }, 'additionalProperties'],
  ['alternatives that are an object', { anyOf: {} }, 'anyOf'],
  ['no alternatives', { oneOf: [] }, 'oneOf'],
  ['an alternative that is no schema', { anyOf: [{}, null] }, 'anyOf.1'],
  ['a negation of a list', { not: [] }, 'not'],
  ['a condition that is a text', { if: 'a' }, 'if'],
  ['unique items of a text', { uniqueItems: 'yes' }, 'uniqueItems'],
  ['a pattern that is a number', { pattern: 3 }, 'pattern'],
  ['a format that is a number', { format: 3 }, 'format'],
  ['a reference that is a number', { $ref: 3 }, '$ref'],
  ['definitions that are a list', { $defs: [] }, '$defs'],
  ['a dependency that is a number', { dependentRequired: { a: 3 } }, 'dependentRequired'],
  ['a POSIX class', { pattern: '^[[:alpha:]]+$' }, 'pattern'],
  ['a POSIX class among others', { pattern: '^[a-c[:digit:]_]+$' }, 'pattern'],
  ['anchors of other languages', { pattern: '\\Aabc\\Z' }, 'pattern'],
  ['an escape of other languages', { pattern: '\\h+' }, 'pattern'],
])('names the place of %s', (_, schema, path) => {
  expect(listPaths(schema)).toEqual([path]);
  expect(listPaths(property(schema))).toEqual([`properties.v.${path}`]);
  expect(listPaths({ allOf: [{ items: schema }] })).toEqual([`allOf.0.items.${path}`]);
  expect(listPaths({ $defs: { A: schema } })).toEqual([`$defs.A.${path}`]);
  expect(findMalformedKeywords(schema)[0]?.message).toContain(`'${path}'`);
});

test('follows references out of the known places of schemas', () => {
  const schema = { $ref: '#/components/schemas/A', components: { schemas: { A: { minLength: '3' } } } };
  expect(listPaths(schema)).toEqual(['components.schemas.A.minLength']);
});

test.each<[string, unknown]>([
  [
    'draft 4',
    { minimum: 1, exclusiveMinimum: true, items: [{}], additionalItems: false, dependencies: { a: ['b'] } },
  ],
  [
    'values that look like schemas',
    { enum: [{ type: 3 }], const: { minLength: 'x' }, default: { required: 1 } },
  ],
  ['names that look like keywords', { properties: { minLength: { type: 'string' }, type: true, items: {} } }],
  ['unknown keywords and formats', { 'x-order': 1, format: 'phone', minLenght: 'x' }],
  ['counts written as decimals', { minLength: 3.0, maxItems: 1e2 }],
  ['patterns with classes and escapes', { pattern: '^[:a-z]+\\\\A\\.\\d\\w\\bx\\u0041\\cA$' }],
  ['a schema that refers to itself', { properties: { next: { $ref: '#' } } }],
  ['booleans', true],
])('finds nothing in %s', (_, schema) => {
  expect(listPaths(schema)).toEqual([]);
});

test('is bounded', () => {
  const many = {
    properties: Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`p${n}`, { type: 1 }])),
  };
  expect(listPaths(many).length).toBeLessThan(40);
  let deep: unknown = { minLength: '3' };
  for (let level = 0; level < 400; level += 1) deep = { not: deep };
  expect(findMalformedKeywords(deep)).toHaveLength(1);
});
