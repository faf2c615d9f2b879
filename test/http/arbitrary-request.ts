import fc from 'fast-check';
import { arbitraryCallTurns, arbitraryToolFields } from './arbitrary-tools.ts';

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

const turn = fc.oneof(
  { weight: 4, arbitrary: message.map((one): readonly object[] => [one]) },
  { weight: 1, arbitrary: arbitraryCallTurns },
);

const schema = { type: 'object', properties: { a: { type: 'string' } } };
const grammar = 'root ::= "a"';

/** What asks for the form of the answer: one member at most. */
const form = fc.constantFrom<object>(
  ...[{}, {}, {}],
  { response_format: null },
  { response_format: { type: 'text' } },
  { response_format: { type: 'json_object' } },
  { response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } } },
  { response_format: { type: 'json_schema', schema } },
  { response_format: { type: 'regex', regex: 'a+' } },
  { response_format: { type: 'choice', choice: ['a', 'b'] } },
  { response_format: { type: 'grammar', grammar } },
  { structured_outputs: { json: schema } },
  { structured_outputs: { json_object: true } },
  { guided_json: JSON.stringify(schema) },
  { guided_choice: ['a'] },
  { json_schema: schema },
  { grammar },
);

const logprobs = fc.oneof(
  fc.constantFrom<object>({}, { logprobs: null }, { logprobs: false, top_logprobs: 0 }),
  fc.record({ logprobs: fc.constant(true), top_logprobs: fc.constantFrom(undefined, null, 0, 2, 20) }),
);

const penalty = fc.double({ min: -2, max: 2, noNaN: true });

const scalars = fc.record(
  {
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    top_p: fc.double({ min: 0, max: 1, noNaN: true }),
    top_k: fc.constantFrom(null, -1, 0, 40),
    min_p: fc.double({ min: 0, max: 1, noNaN: true }),
    frequency_penalty: penalty,
    presence_penalty: penalty,
    repetition_penalty: fc.constantFrom(null, 0.5, 1, 2),
    logit_bias: fc.constantFrom(null, {}, { 7: -100, 50256: 1.5 }),
    seed: fc.option(fc.maxSafeInteger()),
    stop: fc.oneof(fc.string({ minLength: 1 }), fc.array(fc.string({ minLength: 1 }), { maxLength: 16 })),
    max_completion_tokens: fc.option(fc.integer({ min: 1 })),
    stream: fc.boolean(),
    n: fc.constantFrom(1, 1, null, 2, 3, 16),
    user: fc.constantFrom(null, 'someone'),
    prompt_cache_key: fc.constantFrom(null, 'a'),
    metadata: fc.constantFrom(null, {}, { a: 'b' }),
    service_tier: fc.constantFrom(null, 'auto', 'default', 'priority'),
    reasoning_effort: fc.constantFrom(null, 'none', 'low', 'max'),
    reasoning_budget: fc.constantFrom(null, -1, 0, 9),
    chat_template_kwargs: fc.constantFrom(null, {}, { enable_thinking: false }),
    stop_token_ids: fc.constantFrom(null, [], [2, 3]),
  },
  { requiredKeys: [] },
);

/** A request that is served, as far as its model is. */
export const arbitraryRequest = fc
  .record({
    model: models,
    turns: fc.array(turn, { minLength: 1, maxLength: 4 }),
    fields: fc.tuple(scalars, form, logprobs, arbitraryToolFields),
  })
  .map(({ model, turns, fields }): object => ({
    model,
    messages: turns.flat(),
    ...Object.assign({}, ...fields),
  }));

/** Where a request is made wrong: a path of names and indices that are taken as far as they lead. */
export const arbitraryMutation: fc.Arbitrary<Mutation> = fc.record({
  path: fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 4 }),
  value: fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(null, -1, 1e300, '', 'x'.repeat(5000), [], {}),
    fc.constant(undefined),
  ),
});

/** Bodies: valid requests, requests with one to three things replaced or taken away, and JSON of any kind. */
export const arbitraryBody: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: arbitraryRequest.map((request) => JSON.stringify(request)) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(arbitraryRequest, fc.array(arbitraryMutation, { minLength: 1, maxLength: 3 }))
      .map(([request, mutations]) => JSON.stringify(mutations.reduce(mutate, request))),
  },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
);

export interface Mutation {
  readonly path: readonly number[];
  readonly value: unknown;
}

/** The value with the part at the path replaced. */
export function mutate<T>(value: T, { path, value: replacement }: Mutation): T {
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
