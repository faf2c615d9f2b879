import { createTextMatcher } from './create-text-matcher.ts';
import { UnsupportedSchemaError } from './gbnf/unsupported-schema-error.ts';
import type { TextMatcher } from './text-matcher.ts';
import { type CompiledCheck, compileWithAjv } from './validator/compile-with-ajv.ts';
import { hasExactNumber, toComparable } from './validator/exact-keywords.ts';
import { flattenSchema } from './validator/flatten-schema.ts';
import { toProblem } from './validator/to-problem.ts';

export interface SchemaValidator {
  /** The problems of a value from `parseJson`, one sentence each, at most five. Empty if it is valid. */
  check(value: unknown): string[];
}

export interface SchemaValidatorOptions {
  /** Runs `pattern` and `patternProperties`. Throws for a pattern that it can't run. Default `createTextMatcher`. */
  readonly testPattern?: (source: string) => TextMatcher;
}

/** Maximum problems per check. */
const problemsMax = 5;

/**
 * Makes a validator from a JSON Schema of draft-04 to 2020-12, with `format` asserted. What no draft defines is
 * ignored. Throws `UnsupportedSchemaError` for references that leave the schema, patterns that can't be run and
 * nesting that is too deep.
 */
export function createSchemaValidator(
  schema: unknown,
  { testPattern = createTextMatcher }: SchemaValidatorOptions = {},
): SchemaValidator {
  // Only where one side has a number that JavaScript's can't hold: its keywords are slower.
  const isExact = hasExactNumber(schema);
  const check = compile(schema, testPattern, isExact);
  let exactCheck = isExact ? check : undefined;
  const findErrors = (value: unknown) => {
    if (!isExact && !hasExactNumber(value)) return check(value);
    exactCheck ??= compile(schema, testPattern, true);
    return exactCheck(toComparable(value));
  };
  return {
    check: (value) => {
      try {
        const errors = findErrors(value);
        // The last error is about the whole value; the errors before it explain it.
        return errors.slice(-problemsMax).reverse().map(toProblem);
      } catch (error) {
        // A schema may refer to itself for one and the same value, which ends with the stack.
        const reason = error instanceof Error ? error.message : String(error);
        return [`The answer can't be checked against the schema: ${reason}.`];
      }
    },
  };
}

function compile(
  schema: unknown,
  testPattern: (source: string) => TextMatcher,
  isExact: boolean,
): CompiledCheck {
  try {
    return compileWithAjv(flattenSchema(schema, testPattern, isExact), isExact);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new UnsupportedSchemaError('', 'The schema is nested too deep.');
    }
    // Ajv encodes names for its addresses.
    if (error instanceof URIError) {
      throw new UnsupportedSchemaError(
        '',
        'A name in the schema is not Unicode text: it has half of a pair.',
      );
    }
    throw error;
  }
}
