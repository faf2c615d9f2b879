import fc from 'fast-check';

/** Model names of the scripted app, and one that it lacks. */
const models = fc.constantFrom('good', 'good', 'good', 'long', 'refused', 'nobody');

const content = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.record({ type: fc.constant('text'), text: fc.string({ unit: 'grapheme' }) }), { minLength: 1 }),
);

const message = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'developer', 'user'), content }),
  fc.record({ role: fc.constant('assistant'), content, refusal: fc.constantFrom(null, 'No.') }),
);

const format = fc.constantFrom(
  { type: 'text' },
  { type: 'json_object' },
  { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' }, strict: true } },
  { type: 'regex', regex: 'a+' },
  { type: 'choice', choice: ['a', 'b'] },
);

/** A request that is served, as far as its model is. */
const validRequest = fc.record(
  {
    model: models,
    messages: fc.array(message, { minLength: 1, maxLength: 4 }),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    top_p: fc.double({ min: 0, max: 1, noNaN: true }),
    seed: fc.option(fc.maxSafeInteger()),
    stop: fc.oneof(fc.string({ minLength: 1 }), fc.array(fc.string({ minLength: 1 }), { maxLength: 16 })),
    max_completion_tokens: fc.option(fc.integer({ min: 1 })),
    stream: fc.boolean(),
    response_format: format,
    user: fc.constantFrom(null, null, null, 'someone'),
    n: fc.constantFrom(1, 1, 1, null, 2),
  },
  { requiredKeys: ['model', 'messages'] },
);

/** Where a request is made wrong: a path of names and indices that are taken as far as they lead. */
const mutation = fc.record({
  path: fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 4 }),
  value: fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(null, -1, 1e300, '', 'x'.repeat(5000), [], {}),
    fc.constant(undefined),
  ),
});

/** Bodies: valid requests, requests with one to three things replaced or taken away, and JSON of any kind. */
export const arbitraryBody: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: validRequest.map((request) => JSON.stringify(request)) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(validRequest, fc.array(mutation, { minLength: 1, maxLength: 3 }))
      .map(([request, mutations]) => JSON.stringify(mutations.reduce(mutate, request))),
  },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
);

interface Mutation {
  readonly path: readonly number[];
  readonly value: unknown;
}

function mutate<T>(value: T, { path, value: replacement }: Mutation): T {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return replacement as T;
  const names = Object.keys(value);
  const name = names[step % Math.max(1, names.length)];
  if (name === undefined) return replacement as T;
  const inside: unknown = mutate((value as Record<string, unknown>)[name], {
    path: rest,
    value: replacement,
  });
  return Array.isArray(value)
    ? (value.map((item, at) => (String(at) === name ? inside : item)) as T)
    : { ...value, [name]: inside };
}
