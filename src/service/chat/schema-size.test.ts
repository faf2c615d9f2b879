import { describe, expect, test } from 'vitest';
import type { OutputFormat } from '../../backend/output-format.ts';
import { assertSchemaSize, isWithinSize, schemaDepthMax } from './schema-size.ts';

function assert(schema: unknown): void {
  const format: OutputFormat = {
    kind: 'json-schema',
    name: 'a',
    description: undefined,
    schema,
    strict: false,
  };
  assertSchemaSize(format);
}

function toDeep(depth: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(depth - 1)}1${'}'.repeat(depth - 1)}`);
}

test('what can be copied passes, and as deep as it may be it can be copied', () => {
  expect(() => assert(toDeep(schemaDepthMax))).not.toThrow();
  expect(() => structuredClone(toDeep(schemaDepthMax))).not.toThrow();
  expect(() => assert({ enum: Array(100_000).fill(1) })).not.toThrow();
  expect(() => assertSchemaSize({ kind: 'choice', choices: ['a'.repeat(2_000_000)] })).not.toThrow();
});

describe('what is too large is refused', () => {
  test.each<[string, unknown]>([
    ['one level too deep', toDeep(schemaDepthMax + 1)],
    ['deep', toDeep(500_000)],
    ['deep in lists', JSON.parse(`${'['.repeat(500_000)}${']'.repeat(500_000)}`)],
    ['long', { enum: Array(5_000_000).fill(1) }],
    ['wide', Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`k${index}`, 1]))],
    ['one large text', { const: 'x'.repeat(5_000_000) }],
    ['one large name', { ['x'.repeat(5_000_000)]: 1 }],
  ])('%s', (_, schema) => {
    expect(() => assert(schema)).toThrow(
      expect.objectContaining({
        code: 'unsupported_schema',
        place: { kind: 'output-format', path: '' },
        message: 'The schema is too large: it has more than 1000000 characters or 500 levels.',
      }),
    );
  });
});

test('texts, names and values count', () => {
  const limits = { charactersMax: 10, depthMax: 3 };
  // Three values, a name of two characters, and texts of five.
  expect(isWithinSize({ ab: ['12345'] }, limits)).toBe(true);
  expect(isWithinSize({ ab: ['123456'] }, limits)).toBe(false);
  expect(isWithinSize({ abc: ['12345'] }, limits)).toBe(false);
  expect(isWithinSize({ ab: ['12345', 1] }, limits)).toBe(false);
  expect(isWithinSize([[[1]]], limits)).toBe(false);
});
