/** A schema of the kind that people send, and a question that it fits. */
export interface SoakSchema {
  readonly name: string;
  readonly question: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

function strictObject(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** A dozen schemas: what a grammar holds by itself, and what only the check of the finished answer sees. */
export const soakSchemas: readonly SoakSchema[] = [
  {
    name: 'person',
    question: 'Ada Lovelace was 36 years old.',
    schema: strictObject({ name: { type: 'string', maxLength: 30 }, age: { type: 'integer' } }),
  },
  {
    name: 'bounds',
    question: 'Rate the film from 1 to 10, and say how sure you are.',
    schema: strictObject({
      rating: { type: 'integer', minimum: 1, maximum: 10 },
      certainty: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
      price: { type: 'number', multipleOf: 0.25, minimum: -5, maximum: 100 },
    }),
  },
  {
    name: 'formats',
    question: 'When is the meeting, and who is invited?',
    schema: strictObject({
      day: { type: 'string', format: 'date' },
      at: { type: 'string', format: 'date-time' },
      guest: { type: 'string', format: 'email', maxLength: 40 },
      id: { type: 'string', format: 'uuid' },
      address: { type: 'string', format: 'ipv4' },
    }),
  },
  {
    name: 'patterns',
    question: 'Give me a number plate and an article number.',
    schema: strictObject({
      plate: { type: 'string', pattern: '^[A-Z]{1,3}-[A-Z]{1,2} [1-9]\\d{0,3}$' },
      article: { type: 'string', pattern: '\\d+', maxLength: 12 },
      // Only the check sees that the two differ.
      pair: {
        type: 'array',
        items: { enum: ['a', 'b', 'c'] },
        minItems: 2,
        maxItems: 2,
        uniqueItems: true,
      },
    }),
  },
  {
    name: 'enums',
    question: 'What is the weather like?',
    schema: strictObject({
      sky: { enum: ['clear', 'clouded', 'a "mixed" sky\n', '雨', 7, null, { other: [true, 1.5] }] },
      unit: { const: 'celsius' },
    }),
  },
  {
    name: 'unions',
    question: 'Draw a circle or a square.',
    schema: {
      oneOf: [
        strictObject({ kind: { const: 'circle' }, radius: { type: 'number', minimum: 0, maximum: 50 } }),
        strictObject({ kind: { const: 'square' }, side: { type: ['integer', 'null'] } }),
      ],
    },
  },
  {
    name: 'recursive',
    question: 'Write a small tree.',
    schema: {
      $ref: '#/$defs/node',
      $defs: {
        node: strictObject({
          value: { type: 'integer', minimum: 0, maximum: 99 },
          children: { type: 'array', items: { $ref: '#/$defs/node' }, maxItems: 2 },
        }),
      },
    },
  },
  {
    name: 'unique',
    question: 'Choose three different colours.',
    schema: {
      type: 'array',
      items: { enum: ['red', 'green', 'blue', 'black'] },
      minItems: 3,
      maxItems: 3,
      uniqueItems: true,
    },
  },
  {
    name: 'open',
    question: 'Describe a car with a few properties.',
    schema: {
      type: 'object',
      properties: { make: { type: 'string', minLength: 1, maxLength: 12 }, doors: { type: 'integer' } },
      required: ['make'],
      additionalProperties: { type: 'boolean' },
      propertyNames: { maxLength: 10 },
      maxProperties: 4,
    },
  },
  {
    name: 'tuple',
    question: 'Where is Paris?',
    schema: {
      type: 'array',
      prefixItems: [{ type: 'string', maxLength: 10 }, { type: 'number' }, { type: 'number' }],
      items: { type: 'boolean' },
      minItems: 3,
      maxItems: 5,
    },
  },
  {
    name: 'conditional',
    question: 'How shall we pay?',
    schema: {
      type: 'object',
      properties: { method: { enum: ['card', 'cash'] }, number: { type: 'string', pattern: '^\\d{4}$' } },
      required: ['method'],
      additionalProperties: false,
      if: { properties: { method: { const: 'card' } } },
      // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's own word.
      then: { required: ['number'] },
      else: { properties: { number: false } },
    },
  },
  {
    name: 'merged',
    question: 'Name a few even numbers.',
    schema: {
      allOf: [
        { type: 'object', properties: { even: { type: 'array', items: { multipleOf: 2 } } } },
        strictObject({
          even: { type: 'array', items: { type: 'integer', minimum: 2 }, minItems: 1, maxItems: 4 },
          note: { type: 'string', minLength: 2, maxLength: 8, not: { enum: ['none', 'null'] } },
        }),
      ],
    },
  },
];
