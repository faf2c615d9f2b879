import type { JsonSchema } from './operation.ts';

/** Of every answer to a key with limits, whatever its status. */
const rateLimits = { ...describeRateLimit('requests'), ...describeRateLimit('tokens') };

/** The same at the endpoints of Anthropic's API. */
const anthropicRateLimits = {
  ...describeAnthropicRateLimit('requests'),
  ...describeAnthropicRateLimit('tokens'),
};

/** Every header of an answer except the ones of HTTP itself. */
export const answerHeaders: Readonly<Record<string, JsonSchema>> = {
  'x-request-id': {
    description: "The request id, also in the server's log. Your `x-request-id` if it is harmless.",
    schema: { type: 'string' },
  },
  'openai-processing-ms': {
    description: 'Milliseconds from the arrival of the request to the headers of its answer.',
    schema: { type: 'integer', minimum: 0 },
  },
  'retry-after': {
    description: 'Seconds until a retry may succeed, derived from the measured duration of requests.',
    schema: { type: 'integer', minimum: 1 },
  },
  'x-should-retry': {
    description: "`false` for every error that a retry can't fix.",
    schema: { type: 'string', const: 'false' },
  },
  'x-ignored-params': {
    description: 'Names of the fields without effect (unknown fields and hints), separated by commas.',
    schema: { type: 'string' },
  },
  'x-warning': {
    description: 'A probable mistake in the request. The request was served.',
    schema: { type: 'string' },
  },
  'x-structured-attempts': {
    description: 'Number of generated answers until one was valid.',
    schema: { type: 'integer', minimum: 1 },
  },
  'x-structured-unenforced': {
    description:
      'Keywords of the schema that are not enforced, separated by commas. Only if the schema is not strict.',
    schema: { type: 'string' },
  },
  'x-token-count': {
    description: '`estimated` if the count of tokens is an estimate.',
    schema: { type: 'string', const: 'estimated' },
  },
  'request-id': {
    description: 'The same as `x-request-id`, under the name that clients of Anthropic read.',
    schema: { type: 'string' },
  },
  'x-stored': {
    description:
      'Whether a plain answer was stored; only with `store: true`. A stream starts before that is known.',
    schema: { enum: ['true', 'false'] },
  },
  'x-next-after': {
    description: 'On a table with more rows behind it: the `after` of the next one.',
    schema: { type: 'string' },
  },
  'idempotent-replayed': {
    description:
      '`true` if the answer is the stored answer to an earlier request with the same `Idempotency-Key`.',
    schema: { type: 'string', const: 'true' },
  },
  'x-idempotency-kept': {
    description:
      'Whether the answer to a request with an `Idempotency-Key` was stored. On a stream only `false`, if that is known at its start.',
    schema: { enum: ['true', 'false'] },
  },
  ...rateLimits,
  ...anthropicRateLimits,
  'www-authenticate': {
    description: 'How to send a key.',
    schema: { type: 'string' },
  },
};

export const rateLimitHeaders = Object.keys(rateLimits);

export const anthropicRateLimitHeaders = Object.keys(anthropicRateLimits);

/** Headers of every answer, whatever its status. */
export const commonHeaders = ['x-request-id', 'openai-processing-ms'] as const;

/** References to the headers in the document's components, by their names. */
export function toHeaderReferences(names: readonly string[]): Record<string, JsonSchema> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function describeAnthropicRateLimit(counted: 'requests' | 'tokens'): Record<string, JsonSchema> {
  const prefix = `anthropic-ratelimit-${counted}`;
  return {
    [`${prefix}-limit`]: {
      description: `The same as \`x-ratelimit-limit-${counted}\`, at the endpoints of Anthropic's API.`,
      schema: { type: 'integer', minimum: 1 },
    },
    [`${prefix}-remaining`]: {
      description: 'What remains of it.',
      schema: { type: 'integer', minimum: 0 },
    },
    [`${prefix}-reset`]: {
      description: 'When all of it is there again, as a time of RFC 3339.',
      schema: { type: 'string', format: 'date-time' },
    },
  };
}

function describeRateLimit(counted: 'requests' | 'tokens'): Record<string, JsonSchema> {
  return {
    [`x-ratelimit-limit-${counted}`]: {
      description: `The limit on ${counted} with the least that remains. Only for keys with such a limit, as the next two.`,
      schema: { type: 'integer', minimum: 1 },
    },
    [`x-ratelimit-remaining-${counted}`]: {
      description: 'What remains of it.',
      schema: { type: 'integer', minimum: 0 },
    },
    [`x-ratelimit-reset-${counted}`]: {
      description: 'The time until all of it is there again, such as `1m1s`.',
      schema: { type: 'string' },
    },
  };
}
