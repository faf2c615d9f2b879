import { describe, expect, test } from 'vitest';
import { compileArguments } from '../compile-arguments.ts';
import { UnsupportedSchemaError } from '../gbnf/unsupported-schema-error.ts';

function list(schema: unknown) {
  const { grammar, checkedAfterwards } = compileArguments(schema, 'tagged', undefined);
  const parameters = grammar.kind === 'parameters' ? grammar.parameters : [];
  return { parameters, checkedAfterwards: checkedAfterwards.map(({ path }) => path) };
}

describe('the parameters of a tool', () => {
  test('come in order, with their kind', () => {
    const { parameters, checkedAfterwards } = list({
      type: 'object',
      properties: {
        city: { type: 'string', description: 'City' },
        unit: { enum: ['celsius', 'fahrenheit'] },
        day: { type: 'string', format: 'date' },
        days: { type: 'integer' },
        note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        tags: { type: 'array', items: { type: 'string' } },
        anything: {},
      },
      required: ['city', 'days'],
    });
    expect(parameters.map(({ name, kind, isRequired }) => [name, kind, isRequired])).toEqual([
      ['city', 'text', true],
      ['unit', 'text', false],
      ['day', 'mixed', false],
      ['days', 'value', true],
      ['note', 'mixed', false],
      ['tags', 'value', false],
      ['anything', 'mixed', false],
    ]);
    expect(parameters[1]?.texts).toEqual(['celsius', 'fahrenheit']);
    expect(checkedAfterwards).toEqual([]);
  });

  test('follow references, at the root and inside', () => {
    const { parameters } = list({
      $ref: '#/$defs/Arguments',
      $defs: {
        Arguments: { type: 'object', properties: { size: { $ref: '#/$defs/Size' } } },
        Size: { type: 'integer', minimum: 1 },
      },
    });
    expect(parameters.map(({ name }) => name)).toEqual(['size']);
    expect(parameters[0]?.gbnf).toContain('[1-9]');
  });

  test('what is about more than one parameter is checked afterwards', () => {
    const { checkedAfterwards } = list({
      type: 'object',
      properties: { tags: { type: 'array', uniqueItems: true } },
      required: ['other'],
      minProperties: 1,
    });
    expect(checkedAfterwards).toEqual(['minProperties', 'properties.tags.uniqueItems', 'required']);
  });

  test('no parameters at all', () => {
    expect(list(undefined).parameters).toEqual([]);
    expect(list({ type: 'object' }).parameters).toEqual([]);
    expect(() => list({ type: 'array' })).toThrow(UnsupportedSchemaError);
  });
});
