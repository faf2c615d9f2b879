import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompiledGrammar } from '../../src/grammar/compiled-grammar.ts';
import { checkGbnf } from '../../src/grammar/gbnf/check-gbnf.ts';
import { UnsupportedSchemaError } from '../../src/grammar/gbnf/unsupported-schema-error.ts';
import { compileJsonSchema } from '../../src/grammar/json-schema/compile-json-schema.ts';
import { type CompileLimits, compileLimitsDefault } from '../../src/grammar/json-schema/compile-run.ts';
import { createSchemaValidator } from '../../src/grammar/schema-validator.ts';
import { arbitrarySchema, arbitraryValue } from './arbitrary-schema.ts';
import { createSampler, type Random } from './create-sampler.ts';
import { matchesGrammar } from './matches-grammar.ts';
import { readGbnf } from './read-gbnf.ts';

const textsPerSchema = 12;

/** The same numbers for the same seed. */
function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 4) / 2 ** 28;
  };
}

function unlessUnsupported<Result>(make: () => Result): Result | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof UnsupportedSchemaError) return undefined;
    throw error;
  }
}

/** What is wrong with texts of the grammar; empty when each of them is what the schema asks for. */
function findFaults(schema: unknown, { gbnf, checkedAfterwards }: CompiledGrammar, seed: number): string[] {
  checkGbnf(gbnf);
  const validator = unlessUnsupported(() => createSchemaValidator(schema));
  const sampler = createSampler(readGbnf(gbnf));
  const random = createRandom(seed);
  if (sampler.endlessRule !== undefined) return [`The rule ${sampler.endlessRule} never ends.`];
  return Array.from({ length: textsPerSchema }, () => sampler.sample(random) ?? '').flatMap((text) => {
    const value: unknown = JSON.parse(text);
    // A double has lost the last digits of such a number: whether it is a multiple can't be said of it.
    if (checkedAfterwards.length > 0 || /\d{16}/.test(text)) return [];
    const problems = validator?.check(value) ?? [];
    // A schema that leads back to itself for one and the same value has no answer.
    return problems
      .filter((problem) => !problem.includes("can't be checked"))
      .map((one) => `${text}: ${one}`);
  });
}

function faultsOf(schema: unknown): string[] {
  return findFaults(schema, compileJsonSchema(schema), 1);
}

/** With each member that JSON Schema allows. */
const everyMember: CompileLimits = { ...compileLimitsDefault, undeclaredMembers: 'allowed' };

function accepts(schema: unknown, text: string): boolean {
  return matchesGrammar(readGbnf(compileJsonSchema(schema).gbnf), text);
}

/** Formats of which the validator takes more, and a name whose absence it doesn't see. */
function isAskedOtherwise(schema: string): boolean {
  return /"(regex|uri-reference|uri)"|\[[^\]]*""/.test(schema);
}

/** Exponents, more digits than a double is exact about, and halves of surrogate pairs. */
function isSpelledOtherwise(text: string): boolean {
  return /\d[eE][-+]?\d|\d{16}|\\ud/.test(text);
}

describe('the grammar of a schema', () => {
  it.each([
    ['declared members', compileLimitsDefault],
    ['all members', everyMember],
  ])(
    'gives only JSON, and without notes only what the validator accepts: %s',
    (_name, limits) => {
      fc.assert(
        fc.property(arbitrarySchema, fc.nat(), (schema, seed) => {
          const grammar = unlessUnsupported(() => compileJsonSchema(schema, limits));
          if (grammar !== undefined) expect(findFaults(schema, grammar, seed)).toEqual([]);
        }),
        { numRuns: 250 },
      );
    },
    60_000,
  );

  it('has the values that the validator accepts, as JSON.stringify writes them', () => {
    let accepted = 0;
    const values = fc.uniqueArray(arbitraryValue, { minLength: 30, maxLength: 30, selector: JSON.stringify });
    fc.assert(
      fc.property(arbitrarySchema, values, (schema, candidates) => {
        if (isAskedOtherwise(JSON.stringify(schema))) return;
        const validator = unlessUnsupported(() => createSchemaValidator(schema));
        const grammar = unlessUnsupported(() => readGbnf(compileJsonSchema(schema, everyMember).gbnf));
        if (validator === undefined || grammar === undefined) return;
        const texts = candidates
          .filter((value) => validator.check(value).length === 0)
          .map((value) => JSON.stringify(value))
          .filter((text) => !isSpelledOtherwise(text));
        accepted += texts.length;
        expect(texts.filter((text) => !matchesGrammar(grammar, text))).toEqual([]);
      }),
      { numRuns: 400, seed: 4 },
    );
    expect(accepted).toBeGreaterThan(1_000);
  }, 60_000);

  it.each([
    ['a number that rounds to its exclusive bound', { exclusiveMaximum: 5 }, '4.99999999999999999999'],
    [
      'a number that rounds to a refused one',
      { type: 'number', not: { const: 5 } },
      '5.00000000000000000001',
    ],
    ['a number that is infinite', { type: 'number' }, '1e400'],
    ['digits that no double holds as a multiple', { multipleOf: 7 }, '202373344954694737243'],
    ['halves that are one character together', { type: 'string', pattern: '^..$' }, '"\\ud83d\\ude00"'],
    ['a member whose name is spelled otherwise', { properties: { a: false } }, '{"\\u0061":1}'],
    ['an array of an enum that is too short', { enum: [[], [1, 2]], minItems: 2 }, '[]'],
    ['an item after none that is unevaluated', { prefixItems: [], unevaluatedItems: false }, '[1]'],
    ['a name that a dependency asks for', { dependencies: { a: 'b' } }, '{"a":1}'],
    ['more digits than a multiple in an enum', { enum: [1, 1.0000000001], multipleOf: 1 }, '1.0000000001'],
  ])('refuses %s', (_name, schema, text) => {
    expect(accepts(schema, text)).toBe(false);
    expect(faultsOf(schema)).toEqual([]);
  });

  it.each([
    [
      'a member that demands the whole again',
      { required: ['a'], properties: { a: { $ref: '#' } }, type: 'object' },
    ],
    ['an item that demands the whole again', { type: 'array', minItems: 1, items: { $ref: '#' } }],
    ['no alternatives', { oneOf: [] }],
    [
      'alternatives that are the same, as references of draft 7 replace all else',
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        definitions: { any: { minLength: 1 } },
        oneOf: [
          { $ref: '#/definitions/any', type: 'string' },
          { $ref: '#/definitions/any', type: 'null' },
        ],
      },
    ],
    ['no values', { enum: [] }],
    ['fewer members than none', { type: 'object', maxProperties: -1 }],
  ])('is refused for %s, which no value satisfies', (_name, schema) => {
    expect(() => compileJsonSchema(schema)).toThrow('No value satisfies ');
  });

  it('leaves out an alternative that never ends, and keeps its neighbours', () => {
    const schema = {
      anyOf: [{ $ref: '#/$defs/endless' }, { type: 'array', items: { $ref: '#/$defs/endless' } }],
      $defs: { endless: { type: 'object', required: ['a'], properties: { a: { $ref: '#/$defs/endless' } } } },
    };
    expect(faultsOf(schema)).toEqual([]);
    expect(accepts(schema, '[]')).toBe(true);
    expect(accepts(schema, '[{}]')).toBe(false);
  });

  it.each([
    ['unevaluatedItems', { contains: { type: 'string' }, unevaluatedItems: false }, 'unevaluatedItems'],
    ['a refused object', { properties: { a: { not: { const: { b: 1 } } } } }, 'properties.a.not'],
    ['a refused pattern', { not: { pattern: '^(a+)\\1$' } }, 'not.pattern'],
    [
      'alternatives that both may have no item twice',
      {
        oneOf: [
          { type: 'array', uniqueItems: true },
          { type: 'array', maxItems: 2 },
        ],
      },
      'oneOf',
    ],
    ['a dynamic reference', { properties: { a: { $dynamicRef: '#' } } }, 'properties.a.$dynamicRef'],
    ['objects of an enum', { enum: [{ a: 1 }], properties: { a: { type: 'string' } } }, 'enum'],
  ])('notes where it says less: %s', (_name, schema, path) => {
    expect(compileJsonSchema(schema).checkedAfterwards.map((note) => note.path)).toContain(path);
  });
});
