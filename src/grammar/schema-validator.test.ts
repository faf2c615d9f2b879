import { describe, expect, test } from 'vitest';
import { UnsupportedSchemaError } from './gbnf/unsupported-schema-error.ts';
import { createSchemaValidator } from './schema-validator.ts';

const draft04 = 'http://json-schema.org/draft-04/schema#';
const draft07 = 'http://json-schema.org/draft-07/schema#';
const draft2019 = 'https://json-schema.org/draft/2019-09/schema';
const draft2020 = 'https://json-schema.org/draft/2020-12/schema';

function isValid(schema: unknown, value: unknown): boolean {
  return createSchemaValidator(schema).check(value).length === 0;
}

const string = { type: 'string' };

/** A schema, a value that it allows and one that it refuses. */
const pairs: readonly (readonly [what: string, schema: unknown, good: unknown, bad: unknown])[] = [
  ['a type', string, 'a', 1],
  ['an integer with a zero fraction', { type: 'integer' }, JSON.parse('1.0'), 1.5],
  ['properties', { properties: { a: string }, required: ['a'] }, { a: '' }, {}],
  ['additionalProperties', { properties: { a: {} }, additionalProperties: false }, { a: 1 }, { b: 1 }],
  ['boolean bounds of draft-04', { minimum: 1, exclusiveMinimum: true }, 2, 1],
  ['a false boolean bound', { maximum: 1, exclusiveMaximum: false }, 1, 2],
  ['numeric bounds', { exclusiveMinimum: 1 }, 2, 1],
  ['items as a list', { items: [string, { type: 'number' }] }, ['a', 1], ['a', 'b']],
  ['additionalItems', { items: [string], additionalItems: false }, ['a'], ['a', 'b']],
  ['prefixItems', { prefixItems: [string], items: { type: 'number' } }, ['a', 1], ['a', 'b']],
  ['dependencies of names', { dependencies: { a: ['b'] } }, { a: 1, b: 1 }, { a: 1 }],
  ['dependencies of a schema', { dependencies: { a: { required: ['b'] } } }, { a: 1, b: 1 }, { a: 1 }],
  ['dependentRequired', { dependentRequired: { a: ['b'] } }, { b: 1 }, { a: 1 }],
  [
    'if, then, else',
    JSON.parse('{"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":2}}'),
    'ab',
    1,
  ],
  ['const null', { const: null }, null, 0],
  ['enum', { enum: ['a', { b: [1] }] }, { b: [1] }, { b: [2] }],
  ['oneOf', { oneOf: [{ minimum: 1 }, { maximum: 5 }] }, 0, 3],
  ['contains with its counts', { contains: string, minContains: 2 }, ['a', 'b'], ['a', 1]],
  [
    'unevaluatedProperties',
    { $ref: '#/$defs/a', unevaluatedProperties: false, $defs: { a: { properties: { x: {} } } } },
    { x: 1 },
    { y: 1 },
  ],
  ['nullable', { type: 'string', nullable: true }, null, 1],
  ['decimal multiples', { multipleOf: 0.1 }, 0.3, 0.35],
  ['a tiny number that is no multiple', { multipleOf: 1 }, 3, 1e-10],
  ['names that every object has', { required: ['constructor'] }, { constructor: 1 }, {}],
  ['a property that every object has', { properties: { valueOf: string } }, {}, { valueOf: 1 }],
  [
    '__proto__',
    JSON.parse('{"properties":{"__proto__":{"type":"string"}},"additionalProperties":false}'),
    JSON.parse('{"__proto__":"a"}'),
    JSON.parse('{"__proto__":1}'),
  ],
  [
    'two patterns',
    { patternProperties: { '^a': string, '^b': { type: 'number' } } },
    { a: '', b: 1 },
    { a: '', b: '' },
  ],
  ['a pattern that is wrong in Unicode mode', { pattern: '^[\\w-\\.]+\\-$' }, 'a.-', 'a'],
  ['a pattern of whole characters', { pattern: '^.$' }, '😀', 'ab'],
  ['siblings of $ref', { $ref: '#/$defs/a', minLength: 2, $defs: { a: string } }, 'ab', 'a'],
  [
    'a schema that contains itself',
    { properties: { next: { $ref: '#' } }, additionalProperties: false },
    { next: { next: {} } },
    { next: { last: 1 } },
  ],
  [
    'a dynamic reference',
    { $dynamicAnchor: 'node', properties: { next: { $dynamicRef: '#node' } }, required: ['v'] },
    { v: 1, next: { v: 1 } },
    { v: 1, next: {} },
  ],
  ['an anchor', { $ref: '#here', $defs: { a: { $anchor: 'here', type: 'string' } } }, 'a', 1],
  [
    'an identifier',
    { $ref: 'https://example.com/a', $defs: { a: { $id: 'https://example.com/a', type: 'string' } } },
    'a',
    1,
  ],
  [
    'an identifier of draft-04',
    { id: 'http://example.com/root', $ref: 'a#/x', definitions: { a: { id: 'a', x: string } } },
    'a',
    1,
  ],
  [
    'a pointer to the document from a part with an identifier',
    { $ref: '#/$defs/a', $defs: { a: { $id: 'a', $ref: '#/$defs/b' }, b: string } },
    'a',
    1,
  ],
  ['a pointer with escapes', { $ref: '#/$defs/a~1b%20c', $defs: { 'a/b c': string } }, 'a', 1],
  [
    'the same identifier twice',
    { $defs: { a: { $id: 'x', type: 'string' }, b: { $id: 'x', type: 'string' } }, $ref: 'x' },
    'a',
    1,
  ],
  ['an identifier that is no URI', { $id: 'http://%%%', type: 'string' }, 'a', 1],
  ['the metaschema of draft-04', { $ref: draft04 }, { type: 'string' }, { type: 'text' }],
  [
    'the metaschema of draft-07',
    { $ref: draft07 },
    { items: [{ type: 'string' }] },
    { items: [{ type: 'text' }] },
  ],
  ['the metaschema of 2019-09', { $ref: draft2019 }, { not: { type: 'string' } }, { not: { type: 'text' } }],
  ['the metaschema of 2020-12', { $ref: draft2020 }, { not: { type: 'string' } }, { not: { type: 'text' } }],
  ['a date-time', { format: 'date-time' }, '2024-02-29T10:00:00Z', '2024-02-29 10:00:00Z'],
  ['a date', { format: 'date' }, '2024-02-29', '2023-02-29'],
  ['an offset with a colon', { format: 'time' }, '10:00:00+01:00', '10:00:00+0100'],
  ['an hour of the day', { format: 'time' }, '23:59:60Z', '24:00:00Z'],
  [
    'a bare uuid',
    { format: 'uuid' },
    '2EB8AA08-AA98-11EA-B4AA-73B441D16380',
    'urn:uuid:2eb8aa08-aa98-11ea-b4aa-73b441d16380',
  ],
  [
    'what `if` has evaluated',
    { if: { properties: { a: string } }, unevaluatedProperties: false },
    { a: '' },
    { b: '' },
  ],
  ['a uri', { format: 'uri' }, 'https://example.com/a?b#c', 'example'],
  ['no values at all', { anyOf: [{ enum: [] }, string] }, 'a', 1],
];

describe('keywords', () => {
  test.each(pairs)('%s', (_what, schema, good, bad) => {
    const validator = createSchemaValidator(schema);
    expect(validator.check(good)).toEqual([]);
    expect(validator.check(bad)).not.toEqual([]);
  });
});

test('up to draft-07 a $ref replaces its siblings', () => {
  const schema = { $ref: '#/definitions/a', minLength: 2, definitions: { a: string } };
  expect(isValid({ ...schema, $schema: draft07 }, 'a')).toBe(true);
  expect(isValid({ ...schema, $schema: draft04 }, 'a')).toBe(true);
  expect(isValid({ ...schema, $schema: draft2019 }, 'a')).toBe(false);
});

test.each([
  ['a boolean `required`', { properties: { a: { required: true } } }],
  ['an unknown type', { type: 'any' }],
  ['an unknown format', { format: 'non-blank' }],
  ['an unknown keyword', { minimumLength: 3, $async: true, discriminator: { propertyName: 'x' } }],
  ['a bound that is a text', { minLength: '3' }],
  ['a schema that is a text', { properties: { a: 'string' } }],
  ['`then` without `if`', JSON.parse('{"then":false}')],
])('what no draft defines is ignored: %s', (_what, schema) => {
  expect(isValid(schema, { a: '' })).toBe(true);
});

test.each([
  ['a file elsewhere', { properties: { x: { $ref: 'other.json#/a' } } }, 'properties.x.$ref'],
  ['a site elsewhere', { items: { $ref: 'https://example.com/a.json' } }, 'items.$ref'],
  ['a pointer to nothing', { anyOf: [{ $ref: '#/definitions/none' }] }, 'anyOf.0.$ref'],
  ['a pattern that no flag makes valid', { properties: { x: { pattern: '(' } } }, 'properties.x.pattern'],
  ['a name that is no pattern', { patternProperties: { '(': {} } }, 'patternProperties.('],
  ['draft-03', { $schema: 'http://json-schema.org/draft-03/schema#' }, '$schema'],
  ['what is no schema', 'string', ''],
])('refused with its path: %s', (_what, schema, path) => {
  expect(() => createSchemaValidator(schema)).toThrow(UnsupportedSchemaError);
  expect(() => createSchemaValidator(schema)).toThrow(expect.objectContaining({ path }));
});

describe('hostile schemas', () => {
  test('30 levels that double', () => {
    const levels = Array.from({ length: 30 }, (_, level) => {
      const next = { $ref: `#/$defs/${level + 1}` };
      return { allOf: [next, next] };
    });
    const schema = { $ref: '#/$defs/0', $defs: { ...levels, 30: string } };
    expect(isValid(schema, 'a')).toBe(true);
    expect(isValid(schema, 1)).toBe(false);
  });

  test('10,000 properties', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `name${index}`);
    const schema = { properties: Object.fromEntries(names.map((name) => [name, string])) };
    expect(isValid(schema, { name9999: 'a' })).toBe(true);
    expect(isValid(schema, { name9999: 1 })).toBe(false);
  });

  test('nesting without end is refused', () => {
    let schema: object = string;
    for (let level = 0; level < 20_000; level += 1) schema = { items: schema };
    expect(() => createSchemaValidator(schema)).toThrow(UnsupportedSchemaError);
  });

  test.each([
    [{ $ref: '#' }],
    [{ allOf: [{ type: 'string' }, { $ref: '#' }] }],
    [{ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { allOf: [{ $ref: '#/$defs/a' }] } } }],
  ])('a schema that demands itself is refused: %j', (schema) => {
    expect(() => createSchemaValidator(schema)).toThrow(UnsupportedSchemaError);
  });

  test('a choice of itself ends as a problem', () => {
    expect(createSchemaValidator({ anyOf: [{ $ref: '#' }] }).check(1)).toEqual([
      expect.stringContaining("can't be checked"),
    ]);
  });

  test('200 definitions in a chain, and two that share one', () => {
    const chain = Array.from({ length: 200 }, (_, link) => ({ allOf: [{ $ref: `#/$defs/${link + 1}` }] }));
    expect(isValid({ $ref: '#/$defs/0', $defs: { ...chain, 200: string } }, 1)).toBe(false);
    const shared = { allOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }] };
    const $defs = { a: { $ref: '#/$defs/c' }, b: { $ref: '#/$defs/c' }, c: string };
    expect(isValid({ ...shared, $defs }, 'a')).toBe(true);
  });
});

test('a name that is not Unicode text is refused', () => {
  const schema = { properties: { '\ud800': { $ref: '#/properties/a' }, a: string } };
  expect(() => createSchemaValidator(schema)).toThrow(UnsupportedSchemaError);
});

test('the given engine runs every pattern, and none is mistaken for another', () => {
  const asked: string[] = [];
  const validator = createSchemaValidator(
    { properties: { a: { pattern: 'one' }, b: { pattern: 'two' } }, patternProperties: { three: {} } },
    {
      testPattern: (source) => ({
        test: (text) => {
          asked.push(`${source} in ${text}`);
          return text === source;
        },
      }),
    },
  );
  expect(validator.check({ a: 'one', b: 'two' })).toEqual([]);
  expect(new Set(asked)).toEqual(new Set(['one in one', 'two in two', 'three in a', 'three in b']));
  expect(validator.check({ a: 'two', b: 'two' })).toEqual(['The value at /a must match pattern "one".']);
});

test('problems are sentences with their place, few and short', () => {
  const { check } = createSchemaValidator({
    properties: { kind: { enum: ['a', 'b'] } },
    additionalProperties: false,
  });
  expect(check({ kind: 'c' })).toEqual(['The value at /kind must be one of "a", "b".']);
  expect(check({ other: 1 })).toEqual(["The answer must not have the property 'other'."]);
  expect(check({ ['x'.repeat(10_000)]: 1 })[0]?.length).toBeLessThan(400);
  const wide = createSchemaValidator({ anyOf: Array.from({ length: 50 }, (_, index) => ({ const: index })) });
  expect(wide.check('x').length).toBe(5);
});
