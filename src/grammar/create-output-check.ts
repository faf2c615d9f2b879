import type { OutputFormat } from '../backend/output-format.ts';
import {
  createSchemaValidator,
  type SchemaValidator,
  type SchemaValidatorOptions,
} from './schema-validator.ts';
import { UnsupportedSchemaError } from './unsupported-schema-error.ts';

/** What is wrong with a finished text, a sentence each; empty when it has its form. */
export type OutputCheck = (text: string) => string[];

/**
 * Makes the check that belongs to a form. Throws as `createSchemaValidator` does. A pattern that is not regular runs
 * with JavaScript's own RegExp, so call it only where a time limit ends what takes too long.
 */
export function createOutputCheck(format: OutputFormat, options: SchemaValidatorOptions = {}): OutputCheck {
  switch (format.kind) {
    case 'json-schema': {
      const validator = createSchemaValidator(format.schema, options);
      return (text) => checkJson(text, (value) => validator.check(value));
    }
    case 'json-object':
      return (text) =>
        checkJson(text, (value) => (isObject(value) ? [] : ['The answer is not a JSON object.']));
    case 'choice': {
      const choices = new Set(format.choices);
      return (text) => (choices.has(text) ? [] : ['The answer is none of the choices.']);
    }
    case 'pattern': {
      const validator = createPatternValidator(format.pattern, options);
      return (text) => validator.check(text);
    }
    // Nothing but the engine reads GBNF, and it has held the answer to it.
    case 'grammar':
      return () => [];
  }
}

/** What the whole text matches. Whoever sent the pattern knows nothing of the schema around it. */
function createPatternValidator(pattern: string, options: SchemaValidatorOptions): SchemaValidator {
  try {
    return createSchemaValidator({ pattern: `^(?:${pattern})$` }, options);
  } catch (error) {
    if (!(error instanceof UnsupportedSchemaError)) throw error;
    const reason = error.message.split(': ').at(-1);
    throw new UnsupportedSchemaError('', `The pattern is no regular expression: ${reason}.`);
  }
}

function checkJson(text: string, check: (value: unknown) => string[]): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return ['The answer is not JSON.'];
  }
  return check(value);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
