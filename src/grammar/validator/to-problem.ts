import type { ErrorObject } from 'ajv/dist/2020.js';

/** Characters of a problem at most: paths and names in it come from the answer. */
const problemCharactersMax = 300;

/** Allowed values that a problem lists at most. */
const valuesListedMax = 10;

/** An error of Ajv as a sentence that names the place, as a JSON Pointer. */
export function toProblem(error: ErrorObject): string {
  const place = error.instancePath === '' ? 'The answer' : `The value at ${error.instancePath}`;
  const said = `${place} ${toPredicate(error)}`;
  return said.length > problemCharactersMax ? `${said.slice(0, problemCharactersMax)}…` : `${said}.`;
}

function toPredicate({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'additionalProperties':
      return `must not have the property '${params['additionalProperty']}'`;
    case 'unevaluatedProperties':
      return `must not have the property '${params['unevaluatedProperty']}'`;
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}`;
    case 'enum':
      return `must be one of ${listValues(params['allowedValues'])}`;
    case 'false schema':
      return 'must not be there';
    default:
      return message ?? `breaks ${keyword}`;
  }
}

function listValues(values: unknown): string {
  const listed = Array.isArray(values) ? values : [];
  const more = listed.length > valuesListedMax ? ', …' : '';
  return (
    listed
      .slice(0, valuesListedMax)
      .map((value) => JSON.stringify(value))
      .join(', ') + more
  );
}
