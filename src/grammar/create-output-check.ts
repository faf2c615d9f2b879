import type { OutputFormat } from '../backend/output-format.ts';
import { isObject } from '../json/json-value.ts';
import { parseJson } from '../json/parse-json.ts';
import { acceptsText } from './automaton/automaton.ts';
import { compileWholePattern } from './compile-whole-pattern.ts';
import { compileLimitsDefault } from './json-schema/compile-run.ts';
import { createSchemaValidator } from './schema-validator.ts';
import { toArgumentsSchema } from './tool-parameters/to-arguments-schema.ts';

/** The problems of a finished text, one sentence each. Empty if it is valid. */
export type OutputCheck = (text: string) => string[];

/**
 * Makes the check that belongs to a form. Throws as `createSchemaValidator` does. A pattern that is too large for an
 * automaton runs with JavaScript's own RegExp, so call it only where a time limit ends what takes too long.
 */
export function createOutputCheck(format: OutputFormat): OutputCheck {
  switch (format.kind) {
    case 'json-schema': {
      const validator = createSchemaValidator(format.schema);
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
      const automaton = compileWholePattern(format.pattern, compileLimitsDefault);
      return (text) => (acceptsText(automaton, text) ? [] : ['The answer does not match the pattern.']);
    }
    // Nothing but the engine reads GBNF, and it has held the answer to it.
    case 'grammar':
      return () => [];
  }
}

/** The check of a call's arguments: an object that the tool's schema accepts, `{}` where it names no parameters. */
export function createArgumentsCheck(parameters: unknown): OutputCheck {
  const validator = createSchemaValidator(toArgumentsSchema(parameters));
  return (text) =>
    checkJson(text, (value) =>
      isObject(value) ? validator.check(value) : ['The arguments are not a JSON object.'],
    );
}

function checkJson(text: string, check: (value: unknown) => string[]): string[] {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return ['The answer is not JSON.'];
  }
  return check(value);
}
