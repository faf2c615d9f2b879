import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { TextMatcher } from '../text-matcher.ts';
import { assertedFormats } from './asserted-formats.ts';
import { addExactKeywords } from './exact-keywords.ts';
import type { FlatSchema } from './flatten-schema.ts';
import { isMultipleOf } from './is-multiple-of.ts';

/** The errors of a value; empty when it is valid. */
export type CompiledCheck = (value: unknown) => readonly ErrorObject[];

/** Properties of one object up to which the check stops at the first error; V8's parser has a stack too. */
const nestedPropertiesMax = 300;

/** An instance for each schema: Ajv keeps every function that it ever made, and without metaschemas one is cheap. */
export function compileWithAjv(
  { schema, matchers, propertiesMost }: FlatSchema,
  isExact = false,
): CompiledCheck {
  const ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    meta: false,
    logger: false,
    addUsedSchema: false,
    // To stop at the first error, each property is checked in a block inside of the one before.
    allErrors: propertiesMost > nestedPropertiesMax,
    // A definition is compiled once. Pasted in at each place where it is used, nests of them grow exponentially.
    inlineRefs: false,
    // `constructor` is a property like any other, and not one that every object has.
    ownProperties: true,
    formats: assertedFormats,
    code: { optimize: false, regExp: toAjvEngine(matchers) },
  });
  if (isExact) addExactKeywords(ajv);
  else addMultipleOf(ajv);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) === true ? [] : (validate.errors ?? []));
}

function addMultipleOf(ajv: Ajv2020): void {
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    validate: (divisor: number, value: number) => isMultipleOf(value, divisor),
    error: { message: ({ schema: divisor }) => `must be a multiple of ${divisor}` },
  });
}

type AjvEngine = ((pattern: string, flags: string) => TextMatcher) & { code: string };

/** Ajv identifies matchers by their text. */
function toAjvEngine(matchers: ReadonlyMap<string, TextMatcher>): AjvEngine {
  const find = (pattern: string): TextMatcher & { toString(): string } => ({
    test: (text) => matchers.get(pattern)?.test(text) === true,
    toString: () => pattern,
  });
  return Object.assign(find, { code: 'find' });
}
