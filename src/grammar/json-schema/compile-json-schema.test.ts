import { describe, expect, it } from 'vitest';
import { UnsupportedSchemaError } from '../gbnf/unsupported-schema-error.ts';
import { compileJsonSchema } from './compile-json-schema.ts';
import { compileLimitsDefault } from './compile-run.ts';

function notes(schema: unknown): string[] {
  return compileJsonSchema(schema).checkedAfterwards.map(({ path }) => path);
}

function pathOfRefusal(schema: unknown): string {
  try {
    compileJsonSchema(schema);
  } catch (error) {
    if (error instanceof UnsupportedSchemaError) return error.path;
    throw error;
  }
  return 'compiled';
}

describe('compileJsonSchema', () => {
  it.each([
    ['uniqueItems', { type: 'array', uniqueItems: true }, 'uniqueItems'],
    ['a number of items that is not counted', { type: 'array', maxItems: 1_000_000 }, 'maxItems'],
    [
      'alternatives that may hold together',
      {
        oneOf: [
          { type: 'array', uniqueItems: true },
          { type: 'array', maxItems: 2 },
        ],
      },
      'oneOf',
    ],
    ['a pattern that is not regular', { type: 'string', pattern: '^(a+)\\1$' }, 'pattern'],
    [
      'the place of a keyword',
      { properties: { tags: { type: 'array', uniqueItems: true } } },
      'properties.tags.uniqueItems',
    ],
  ])('notes what only a validator sees: %s', (_name, schema, path) => {
    expect(notes(schema)).toContain(path);
  });

  it.each([
    ['false', false, ''],
    [
      'a member that is required and refused',
      { type: 'object', properties: { a: false }, required: ['a'] },
      'properties.a',
    ],
    ['bounds that exclude each other', { type: 'integer', minimum: 5, maximum: 4 }, 'minimum'],
    ['types that exclude each other', { allOf: [{ type: 'string' }, { type: 'object' }] }, 'allOf.1.type'],
    ['a reference that leads nowhere', { properties: { a: { $ref: '#/$defs/none' } } }, 'properties.a.$ref'],
    ['a remote reference', { items: { $ref: 'https://example.com/schema.json' } }, 'items.$ref'],
  ])('refuses %s', (_name, schema, path) => {
    expect(pathOfRefusal(schema)).toBe(path);
  });

  it.each([
    ['exponential references', exponentialReferences(30)],
    [
      'a large enum',
      { enum: Array.from({ length: 60_000 }, (_, index) => `value-${(index * 7919) % 1_000_003}`) },
    ],
    [
      '10,000 properties',
      { properties: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`p${i}`, {}])) },
    ],
    ['nested quantifiers', { type: 'string', pattern: '^((((a{1,99}){1,99}){1,99}){1,99})$' }],
    ['a deep nest', deepNest(5_000)],
  ])('ends soon, with a grammar within its limit or a clear error: %s', (_name, schema) => {
    try {
      expect(compileJsonSchema(schema).gbnf.length).toBeLessThan(compileLimitsDefault.grammarBytesMax * 1.1);
    } catch (error) {
      expect(error).toBeInstanceOf(UnsupportedSchemaError);
    }
  });
});

function exponentialReferences(levels: number): unknown {
  const definitions: Record<string, unknown> = { [`level${levels}`]: { type: 'string' } };
  for (let level = 0; level < levels; level += 1) {
    const next = { $ref: `#/$defs/level${level + 1}` };
    definitions[`level${level}`] = {
      anyOf: [{ allOf: [next, { minLength: level }] }, { allOf: [next, { maxLength: 90 - level }] }],
    };
  }
  return { $defs: definitions, $ref: '#/$defs/level0' };
}

function deepNest(levels: number): unknown {
  let schema: unknown = { type: 'string' };
  for (let level = 0; level < levels; level += 1) schema = { type: 'array', items: schema };
  return schema;
}
