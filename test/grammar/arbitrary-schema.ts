import fc from 'fast-check';

type Schema = boolean | Record<string, unknown>;

const names = [
  'a',
  'b',
  'ab',
  'x-1',
  '"',
  'é',
  '',
  'toString',
  '__proto__',
  '\\',
  '\u0001',
  '\n',
  '😀',
  '\ud800',
];
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c') },
  { weight: 1, arbitrary: fc.constantFrom(...names) },
);

const numbers = [
  0,
  -0,
  1,
  -1,
  2,
  3,
  5,
  10,
  12,
  100,
  1.5,
  -1.5,
  0.1,
  0.3,
  -0.25,
  1e-7,
  1e-9,
  1e21,
  1e30,
  2 ** 53,
  -12,
  99.99,
];
const number = fc.oneof(fc.constantFrom(...numbers), fc.integer({ min: -200, max: 200 }));
const divisor = fc.constantFrom(1, 2, 3, 0.5, 0.1, 0.01, 1.5, 7, 10, 0.25, 1e-7, 1e10);
const count = fc.constantFrom(0, 1, 2, 3, 4);

const texts = [
  '',
  'a',
  'b',
  'ab',
  'aa',
  'é',
  '"',
  '\\',
  '\u0000',
  '\n',
  '\u007f',
  '\u2028',
  '😀',
  '\ud83d',
  'a/b',
  '1',
];
const text = fc.constantFrom(...texts);
const patterns = [
  ...[
    'a',
    '^a',
    'b$',
    '^[a-c]+$',
    '^a*$',
    '[^a]',
    '^.$',
    '^(a|b)c?$',
    '\\d',
    '^\\S+$',
    '^x-',
    '^[^"]*$',
    '\\\\',
    '^$',
  ],
  ...['^\\p{L}{1,3}$', '(?=a)', '^(?!a)', '^a{2,3}$', '[\\ud800-\\udfff]', '😀', '\\n', '^\\w+$'],
];
const pattern = fc.constantFrom(...patterns);
const format = fc.constantFrom(
  ...[
    'date',
    'time',
    'date-time',
    'duration',
    'uuid',
    'ipv4',
    'ipv6',
    'email',
    'hostname',
    'uri',
    'json-pointer',
  ],
  ...['regex', 'uri-reference', 'unknown'],
);

const plainValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    number,
    text,
    fc.array(tie('value'), { maxLength: 2 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 2 }).map(toObject),
  ),
})).value;

/** JSON values with odd characters, numbers and names. */
export const arbitraryValue = plainValue;

const type = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object');
const types = fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 }));

/** Not by assignment, which would take `__proto__` for something else. */
function toObject<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries);
}

function keywords(members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(members, { requiredKeys: [] });
}

const schemaTree = fc.letrec<{ schema: Schema }>((tie) => {
  const schema = tie('schema');
  const list = fc.array(schema, { minLength: 1, maxLength: 3 });
  const members = fc.array(fc.tuple(name, schema), { maxLength: 3 }).map(toObject);
  const reference = fc.record({ $ref: fc.constantFrom('#', '#/$defs/one', '#/$defs/two') });
  const typed = (own: string, rest: fc.Arbitrary<Record<string, unknown>>) =>
    fc
      .tuple(fc.oneof({ weight: 4, arbitrary: fc.constant(own) }, types), rest)
      .map(([kind, more]) => ({ type: kind, ...more }));
  const ofNumber = keywords({
    minimum: number,
    maximum: number,
    exclusiveMinimum: fc.oneof(number, fc.boolean()),
    exclusiveMaximum: fc.oneof(number, fc.boolean()),
    multipleOf: divisor,
  });
  const ofString = keywords({ minLength: count, maxLength: count, pattern, format });
  const ofArray = keywords({
    items: fc.oneof(schema, list),
    prefixItems: list,
    additionalItems: schema,
    contains: schema,
    minContains: count,
    maxContains: count,
    minItems: count,
    maxItems: count,
    uniqueItems: fc.constant(true),
    unevaluatedItems: schema,
  });
  const ofObject = keywords({
    properties: members,
    patternProperties: fc.array(fc.tuple(pattern, schema), { maxLength: 2 }).map(toObject),
    additionalProperties: schema,
    propertyNames: schema,
    unevaluatedProperties: schema,
    required: fc.uniqueArray(name, { maxLength: 3 }),
    minProperties: count,
    maxProperties: count,
  });
  const ofObjects = keywords({
    properties: members,
    required: fc.uniqueArray(name, { maxLength: 2 }),
    dependencies: fc
      .array(fc.tuple(name, fc.oneof(schema, fc.uniqueArray(name, { maxLength: 2 }))), { maxLength: 2 })
      .map(toObject),
    dependentRequired: fc
      .array(fc.tuple(name, fc.uniqueArray(name, { maxLength: 2 })), { maxLength: 2 })
      .map(toObject),
    dependentSchemas: fc.array(fc.tuple(name, schema), { maxLength: 2 }).map(toObject),
  });
  const combined = fc
    .tuple(
      fc.oneof(ofNumber, ofString, ofArray, ofObject, fc.constant({})),
      keywords({
        type: types,
        enum: fc.array(plainValue, { maxLength: 3 }),
        const: plainValue,
        allOf: list,
        anyOf: list,
        oneOf: list,
        not: schema,
        if: schema,
        // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema.
        then: schema,
        else: schema,
        nullable: fc.constant(true),
      }),
    )
    .map(([own, more]) => ({ ...own, ...more }));
  const few = (source: fc.Arbitrary<Record<string, unknown>>, most: number) =>
    fc.tuple(source, fc.array(fc.nat(), { minLength: 20, maxLength: 20 })).map(([whole, order]) => {
      const kept = Object.keys(whole)
        .map((keyword, index) => ({ keyword, rank: order[index] ?? 0 }))
        .sort((one, other) => one.rank - other.rank)
        .slice(0, most);
      return toObject(kept.map(({ keyword }) => [keyword, whole[keyword]] as const));
    });
  return {
    schema: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      {
        weight: 2,
        arbitrary: fc.constantFrom<Schema>(true, false, {}, { type: 'string' }, { type: 'integer' }),
      },
      { weight: 1, arbitrary: types.map((kind): Schema => ({ type: kind })) },
      {
        weight: 1,
        arbitrary: fc.array(plainValue, { maxLength: 4 }).map((values): Schema => ({ enum: values })),
      },
      { weight: 1, arbitrary: plainValue.map((value): Schema => ({ const: value })) },
      { weight: 1, arbitrary: reference },
      { weight: 2, arbitrary: typed('number', few(ofNumber, 3)) },
      { weight: 1, arbitrary: typed('integer', few(ofNumber, 2)) },
      { weight: 2, arbitrary: typed('string', few(ofString, 2)) },
      { weight: 2, arbitrary: typed('array', few(ofArray, 3)) },
      { weight: 3, arbitrary: typed('object', few(ofObject, 3)) },
      { weight: 1, arbitrary: few(ofObjects, 2) },
      { weight: 3, arbitrary: few(combined, 3) },
    ),
  };
}).schema;

/** Schemas with every keyword in every company, and two definitions that any of them may refer to. */
export const arbitrarySchema: fc.Arbitrary<Schema> = fc
  .tuple(
    schemaTree,
    schemaTree,
    schemaTree,
    fc.constantFrom(undefined, 'http://json-schema.org/draft-07/schema#'),
  )
  .map(([root, one, two, $schema]) =>
    typeof root === 'boolean'
      ? root
      : { ...($schema === undefined ? {} : { $schema }), ...root, $defs: { one, two } },
  );
