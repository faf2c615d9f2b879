import type { JsonSchema } from './operation.ts';

/** Every header that an answer may carry beside those of HTTP itself. */
export const answerHeaders: Readonly<Record<string, JsonSchema>> = {
  'x-request-id': {
    description: "The request's id, as in the server's log: your own `x-request-id` where it is harmless.",
    schema: { type: 'string' },
  },
  'openai-processing-ms': {
    description: 'Milliseconds from the arrival of the request to the headers of its answer.',
    schema: { type: 'integer', minimum: 0 },
  },
  'retry-after': {
    description: 'Seconds after which another attempt may succeed, from the measured time of requests.',
    schema: { type: 'integer', minimum: 1 },
  },
  'x-should-retry': {
    description: "`false` with every failure that another attempt can't mend.",
    schema: { type: 'string', const: 'false' },
  },
  'x-ignored-params': {
    description: 'Names of fields that changed nothing, unknown ones and hints, separated by commas.',
    schema: { type: 'string' },
  },
  'x-warning': {
    description: 'What is likely to be a mistake, and was done all the same.',
    schema: { type: 'string' },
  },
  'x-structured-attempts': {
    description: 'How many answers were made until one had the form that was asked for.',
    schema: { type: 'integer', minimum: 1 },
  },
  'x-structured-unenforced': {
    description:
      'Keywords of the schema that nothing enforces, separated by commas; only where it is not strict.',
    schema: { type: 'string' },
  },
  'x-stored': {
    description:
      'Whether a plain answer that was to be stored could be; only with `store: true`. A stream is under way before that is known.',
    schema: { enum: ['true', 'false'] },
  },
  'www-authenticate': {
    description: 'How to present a key.',
    schema: { type: 'string' },
  },
};

/** Headers of every answer, whatever its status. */
export const commonHeaders = ['x-request-id', 'openai-processing-ms'] as const;

/** References to the headers in the document's components, by their names. */
export function toHeaderReferences(names: readonly string[]): Record<string, JsonSchema> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
