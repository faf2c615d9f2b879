import fc from 'fast-check';
import { arbitraryMutation, arbitraryRequest, mutate } from '../http/arbitrary-request.ts';
import { toArbitraryValue } from './arbitrary-schema-value.ts';
import type { FuzzedOperation } from './list-operations.ts';
import type { Delivery } from './send-raw.ts';

/** A text that stands for an id of an earlier answer: `known` of them are counted from the newest one. */
export interface KnownId {
  readonly known: number;
}

type KeyHeader = 'bearer' | 'x-api-key' | 'both' | 'basic';

export interface FuzzedRequest {
  readonly keyName: string;
  readonly keyHeader: KeyHeader;
  readonly method: string;
  readonly operation: FuzzedOperation;
  readonly pathValues: readonly (string | KnownId)[];
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined: none. */
  readonly body: Buffer | undefined;
  /** How its length is said; `wrong`: one that is not its own. */
  readonly framing: 'length' | 'chunked' | 'long' | 'short' | 'none';
  readonly delivery: Delivery;
  /** Bytes in place of some of the request, which need not be HTTP afterwards. */
  readonly damage: Damage | undefined;
}

interface Damage {
  readonly at: number;
  readonly removed: number;
  readonly added: Buffer;
}

const modelNames = fc.constantFrom(
  ...['good', 'good', 'good', 'long', 'json', 'silent', 'calling', 'slow', 'refused', 'crashing', 'failing'],
  ...['nick', 'nobody', 'hf:owner/repository/file.gguf', ''],
);

/** Members whose random values would mean nothing. */
const knownMembers = {
  model: modelNames,
  max_tokens: fc.integer({ min: 1, max: 5000 }),
  stream: fc.boolean(),
  project: fc.constantFrom('default', 'nothing'),
};

/** What numbers become in a text of JSON, since JavaScript would not write them so. */
const wildNumbers = [
  '1e400',
  '-0',
  '-0.0',
  '1E-400',
  '123456789012345678901234567890',
  '9007199254740993',
  '01',
  '+1',
  'NaN',
];

export interface Vocabulary {
  readonly operations: readonly FuzzedOperation[];
  readonly schemas: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly keyNames: readonly string[];
}

export function createArbitraryRequest(vocabulary: Vocabulary): fc.Arbitrary<FuzzedRequest> {
  const requests = vocabulary.operations.map((operation) => ({
    // The endpoints that ask models have the most to go wrong.
    weight: operation.bodySchema === undefined ? 1 : operation.mayRepeat ? 12 : 3,
    arbitrary: toRequest(operation, vocabulary),
  }));
  return fc.oneof(...requests);
}

function toRequest(operation: FuzzedOperation, vocabulary: Vocabulary): fc.Arbitrary<FuzzedRequest> {
  return fc.record({
    keyName: fc.oneof(
      { weight: 4, arbitrary: fc.constant('all') },
      { weight: 2, arbitrary: fc.constantFrom(...vocabulary.keyNames) },
    ),
    keyHeader: rarely(
      fc.constantFrom<KeyHeader>('bearer', 'bearer', 'x-api-key', 'both'),
      20,
      fc.constant('basic'),
    ),
    method: rarely<string>(fc.constant(operation.method), 15, anyMethod),
    operation: fc.constant(operation),
    pathValues: fc.array(pathValue, { minLength: 2, maxLength: 2 }),
    query: toQuery(operation),
    headers: fc.oneof(fc.constant([]), fc.array(header, { maxLength: 3 })),
    body: toBody(operation, vocabulary),
    framing: rarely(
      fc.constantFrom<FuzzedRequest['framing']>('length', 'length', 'chunked'),
      100,
      wrongFraming,
    ),
    delivery: rarely<Delivery>(usualDelivery, 12, unusualDelivery),
    damage: rarely<Damage | undefined>(fc.constant(undefined), 20, damage),
  });
}

/** The usual one, and in one case of so many the other. */
function rarely<T>(usual: fc.Arbitrary<T>, times: number, other: fc.Arbitrary<NoInfer<T>>): fc.Arbitrary<T> {
  return fc.oneof({ weight: times - 1, arbitrary: usual }, { weight: 1, arbitrary: other });
}

const anyMethod = fc.constantFrom(
  ...[
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'CONNECT',
    'PROPFIND',
    'QUERY',
    'get',
    'NOPE',
  ],
);

const wrongFraming = fc.constantFrom<FuzzedRequest['framing']>('short', 'short', 'none', 'long');

const usualDelivery: fc.Arbitrary<Delivery> = fc.constant({ kind: 'whole' });

const unusualDelivery: fc.Arbitrary<Delivery> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({ kind: fc.constant('pieces' as const), count: fc.integer({ min: 2, max: 9 }) }),
  },
  {
    weight: 40,
    arbitrary: fc.record({
      kind: fc.constant('cut' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      how: fc.constantFrom('end' as const, 'destroy' as const, 'reset' as const),
    }),
  },
  {
    weight: 40,
    arbitrary: fc.record({ kind: fc.constant('leaves' as const), bytes: fc.integer({ min: 1, max: 2000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('stalls' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
);

const pathValue: fc.Arbitrary<string | KnownId> = fc.oneof(
  { weight: 5, arbitrary: fc.nat({ max: 40 }).map((known) => ({ known })) },
  { weight: 3, arbitrary: modelNames.map(encodeURIComponent) },
  {
    weight: 2,
    arbitrary: fc
      .string({ unit: 'binary', maxLength: 20 })
      .map((text) => encodeURIComponent(toWellFormed(text))),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        '%',
        '%zz',
        '%00',
        '%ff',
        '..',
        '%2e%2e%2f',
        'a'.repeat(1025),
        'default',
        '*',
        "'",
        'null',
        '%F0%9F%92%A9',
        '{}',
      ],
    ),
  },
);

const queryText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => encodeURIComponent(toWellFormed(text))),
  fc.constantFrom(
    ...[
      '',
      '0',
      '-1',
      '1e9',
      '99999999999',
      '1.5',
      'true',
      '%',
      '%ff',
      '%00',
      'x'.repeat(3000),
      '[]',
      'null',
      'good,long',
    ],
  ),
);

function toQuery({ query }: FuzzedOperation): fc.Arbitrary<string> {
  const names = query.map(({ name }) => name);
  const valid = query.map(({ name, schema }) =>
    toArbitraryValue(schema, { schemas: {}, known: {} }).map((value) =>
      [value].flat().map((one) => `${name}=${encodeURIComponent(toWellFormed(String(one)))}`),
    ),
  );
  const wild = fc
    .tuple(
      fc.constantFrom(
        'a',
        'limit',
        '__proto__',
        'metadata[a]',
        '',
        ...names,
        ...names.map((name) => `${name}[]`),
      ),
      queryText,
    )
    .map(([name, value]) => [`${name}=${value}`]);
  const pairs = fc.oneof(
    { weight: 6, arbitrary: fc.oneof(...valid, fc.constant([])) },
    { weight: 2, arbitrary: wild },
  );
  return fc.array(pairs, { maxLength: names.length === 0 ? 1 : 4 }).map((all) => all.flat().join('&'));
}

const header: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        ...[
          'accept',
          'accept-encoding',
          'accept-language',
          'content-encoding',
          'traceparent',
          'tracestate',
          'cookie',
        ],
        ...[
          'x-request-id',
          'x-compat',
          'idempotency-key',
          'range',
          'if-none-match',
          'origin',
          'forwarded',
          'host',
        ],
        ...[
          'x-forwarded-for',
          'anthropic-version',
          'anthropic-beta',
          'authorization',
          'x-api-key',
          'x-odd',
          'content-type',
        ],
      ),
      fc.oneof(
        fc.string({
          unit: fc.integer({ min: 32, max: 255 }).map((code) => String.fromCharCode(code)),
          maxLength: 30,
        }),
        fc.constantFrom('', '*/*', 'null', 'x'.repeat(4000), 'bytes=0-1', 'br, gzip', 'application/json'),
      ),
    )
    .map(([name, value]): readonly [string, string] => [name, value]),
  fc.constantFrom<readonly [string, string]>(
    ['content-type', 'text/plain'],
    ['content-type', 'application/json; charset=utf-16'],
    ['content-type', 'multipart/form-data; boundary=x'],
    ['content-encoding', 'gzip'],
    ['accept', 'text/csv'],
    ['accept', 'text/html'],
    ['accept', 'text/event-stream'],
    ['x-compat', 'strict'],
    ['anthropic-version', '2023-06-01'],
    ['idempotency-key', 'first'],
    ['idempotency-key', 'second'],
    ['expect', '100-continue'],
    ['expect', 'nothing'],
    ['upgrade', 'websocket'],
    ['connection', 'upgrade'],
    ['connection', 'keep-alive'],
    ['origin', 'https://app.example.com'],
    ['access-control-request-method', 'POST'],
    ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    ['transfer-encoding', 'gzip'],
    ['content-length', '3'],
  ),
);

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat({ max: 400 }),
  removed: fc.constantFrom(0, 0, 1, 2, 30),
  added: fc.oneof(
    fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(
      ...['\r\n', '\r\n\r\n', '\0', '\n', ' ', ':', 'GET / HTTP/1.1\r\n\r\n', 'HTTP/9.9', '\u00ff'].map(
        (text) => Buffer.from(text),
      ),
    ),
  ),
});

function toBody(
  { bodySchema, example }: FuzzedOperation,
  { schemas }: Vocabulary,
): fc.Arbitrary<Buffer | undefined> {
  if (bodySchema === undefined) return rarely<Buffer | undefined>(fc.constant(undefined), 8, anyBytes);
  const valid = toArbitraryValue(bodySchema, { schemas, known: knownMembers });
  const good =
    bodySchema['$ref'] === '#/components/schemas/ChatCompletionRequest'
      ? fc.oneof(valid, arbitraryRequest)
      : valid;
  const asText = (value: fc.Arbitrary<unknown>) => value.map((one) => JSON.stringify(one) ?? 'null');
  const mutated = fc
    .tuple(good, fc.array(arbitraryMutation, { minLength: 1, maxLength: 3 }))
    .map(([value, mutations]) => mutations.reduce(mutate, value));
  const text = fc.oneof(
    { weight: 4, arbitrary: asText(good) },
    { weight: 3, arbitrary: fc.constant(JSON.stringify(example)) },
    { weight: 6, arbitrary: asText(mutated) },
    {
      weight: 2,
      arbitrary: fc.tuple(asText(good), fc.nat(), fc.constantFrom(...wildNumbers)).map(withWildNumber),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(asText(good), fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([whole, share]) => whole.slice(0, whole.length * share)),
    },
    {
      weight: 1,
      arbitrary: asText(good).map(
        (whole) => `{"model":"long","__proto__":{"a":1},"constructor":1,${whole.slice(1)}`,
      ),
    },
  );
  return fc.oneof(
    { weight: 9, arbitrary: text.map((whole) => Buffer.from(whole)) },
    { weight: 1, arbitrary: anyBytes },
  );
}

const anyBytes: fc.Arbitrary<Buffer | undefined> = fc.oneof(
  fc.json().map((text) => Buffer.from(text)),
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(
    Buffer.alloc(0),
    Buffer.from('['.repeat(5000)),
    Buffer.from(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`),
    Buffer.from('{"model":"good","messages":[{"role":"user","content":"\xc3\x28"}]}', 'latin1'),
    Buffer.from('\uFEFF{"model":"good","messages":[{"role":"user","content":"\\ud800"}]}'),
    Buffer.from('{"model":"good","prompt":"\\u0000","input":"\\u0000"}'),
  ),
);

/** The text with one of its numbers, or one of its texts where it has none, replaced. */
function withWildNumber([text, at, wild]: readonly [string, number, string]): string {
  const places = [...text.matchAll(/(?<=[:[,])-?\d[\d.e+-]*|(?<=:)"[^"]*"/g)];
  const place = places[at % Math.max(1, places.length)];
  return place === undefined
    ? wild
    : text.slice(0, place.index) + wild + text.slice(place.index + place[0].length);
}

/** Without halves of pairs, which `encodeURIComponent` refuses. */
function toWellFormed(text: string): string {
  return Buffer.from(text).toString();
}
