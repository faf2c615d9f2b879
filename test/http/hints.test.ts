// Hints that an ordinary answer meets: accepted, and named where they ask for more than what is done anyway.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackendError } from '../../src/backend/backend-error.ts';
import { chatCapabilities } from '../create-routed-model.ts';
import { finish, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';

let app: TestApp;

beforeAll(async () => {
  const script = sayTexts('Hello');
  app = await startTestApp({
    models: {
      good: script,
      plain: (request) =>
        request.reasoning?.effort === undefined
          ? [started, textDelta('Hello'), finish(2)]
          : [{ type: 'fail', error: new BackendError('unsupported_reasoning', 'It does not think.') }],
    },
    facts: { plain: { capabilities: { ...chatCapabilities, reasoning: false } } },
  });
});

afterAll(() => app.close());

const endpoints = {
  chat: ['/v1/chat/completions', { messages: [{ role: 'user', content: 'Hi' }] }],
  completions: ['/v1/completions', { prompt: 'Hi' }],
  responses: ['/v1/responses', { input: 'Hi' }],
} as const;
type Endpoint = keyof typeof endpoints;

async function ask(endpoint: Endpoint, fields: object, { model = 'good', isStrict = false } = {}) {
  const [path, body] = endpoints[endpoint];
  const answer = await fetch(app.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${app.key}`,
      'content-type': 'application/json',
      ...(isStrict ? { 'x-compat': 'strict' } : {}),
    },
    body: JSON.stringify({ model, ...body, ...fields }),
  });
  const text = await answer.text();
  const param = answer.ok ? undefined : JSON.parse(text).error.param;
  return { status: answer.status, ignored: answer.headers.get('x-ignored-params'), param };
}

const hints: readonly [Endpoint, object, string][] = [
  ['chat', { tool_choice: 'none' }, 'tool_choice'],
  ['chat', { tool_choice: 'auto', tools: [] }, 'tool_choice'],
  ['chat', { function_call: 'none' }, 'function_call'],
  ['chat', { priority: 3 }, 'priority'],
  ['chat', { id_slot: 0 }, 'id_slot'],
  ['completions', { priority: -1 }, 'priority'],
  ['completions', { id_slot: 2 }, 'id_slot'],
  ['responses', { reasoning: { summary: 'auto' } }, 'reasoning.summary'],
  ['responses', { reasoning: { generate_summary: 'concise' } }, 'reasoning.generate_summary'],
  ['responses', { truncation: 'auto' }, 'truncation'],
  ['responses', { tool_choice: 'auto', tools: [] }, 'tool_choice'],
  ['responses', { priority: 1 }, 'priority'],
];

describe.each(hints)('%s %j', (endpoint, fields, name) => {
  test('is accepted and named, plain and streamed', async () => {
    expect(await ask(endpoint, fields)).toMatchObject({ status: 200, ignored: name });
    expect(await ask(endpoint, { ...fields, stream: true })).toMatchObject({ status: 200, ignored: name });
  });

  test('is refused where the client wants to hear of it', async () => {
    expect(await ask(endpoint, fields, { isStrict: true })).toMatchObject({ status: 400, param: name });
  });
});

test.each<[Endpoint, object]>([
  ['chat', { verbosity: 'medium', priority: 0, id_slot: -1, tool_choice: null }],
  ['chat', { prompt_cache_options: { mode: 'explicit', ttl: '30m' }, prompt_cache_retention: '24h' }],
  ['chat', { service_tier: 'priority', reasoning_effort: 'max' }],
  [
    'chat',
    {
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'Hi', prompt_cache_breakpoint: { mode: 'explicit' } }],
        },
      ],
    },
  ],
  ['responses', { prompt_cache_options: {}, prompt_cache_retention: 'in_memory', service_tier: 'flex' }],
  ['responses', { reasoning: { effort: 'xhigh' } }],
  [
    'responses',
    {
      input: [
        {
          role: 'user',
          content: [{ type: 'input_text', text: 'Hi', prompt_cache_breakpoint: { mode: 'explicit' } }],
        },
      ],
    },
  ],
  ['completions', { priority: 0, id_slot: -1 }],
  ['responses', { truncation: 'disabled', text: { verbosity: null }, reasoning: { summary: null } }],
])('%s %j says what is done anyway', async (endpoint, fields) => {
  for (const isStrict of [false, true]) {
    expect(await ask(endpoint, fields, { isStrict })).toMatchObject({ status: 200, ignored: null });
  }
});

test('an effort is a hint for a model that does not think, and is kept to by one that does', async () => {
  const asked = [
    ['chat', { reasoning_effort: 'low' }, 'reasoning_effort'],
    ['responses', { reasoning: { effort: 'high' } }, 'reasoning.effort'],
  ] as const;
  for (const [endpoint, fields, name] of asked) {
    const plain = { model: 'plain' };
    expect(await ask(endpoint, fields, plain)).toMatchObject({ status: 200, ignored: name });
    expect(await ask(endpoint, { ...fields, stream: true }, plain)).toMatchObject({ ignored: name });
    expect(await ask(endpoint, fields, { ...plain, isStrict: true })).toMatchObject({
      status: 400,
      param: name,
    });
    expect(await ask(endpoint, fields)).toMatchObject({ status: 200, ignored: null });
  }
  expect(app.backend('good').requests.at(-1)?.reasoning?.effort).toBe('high');
  expect(await ask('chat', { reasoning_effort: 'none' }, { model: 'plain' })).toMatchObject({
    ignored: null,
  });
});

test.each(['low', 'high', 'medium', null] as const)(
  'the verbosity %s reaches the model',
  async (verbosity) => {
    const asked = [
      ['chat', { verbosity }],
      ['responses', { text: { verbosity } }],
    ] as const;
    for (const [endpoint, fields] of asked) {
      for (const isStrict of [false, true]) {
        expect(await ask(endpoint, fields, { isStrict })).toMatchObject({ status: 200, ignored: null });
        const wanted = verbosity === 'medium' ? undefined : (verbosity ?? undefined);
        expect(app.backend('good').requests.at(-1)?.verbosity).toBe(wanted);
      }
    }
  },
);

test("SGLang's names for a form are honoured by every endpoint", async () => {
  const forms = [
    [{ regex: '[0-9]{3}' }, { kind: 'pattern', pattern: '[0-9]{3}' }],
    [{ ebnf: 'root ::= "a"' }, { kind: 'grammar', grammar: 'root ::= "a"' }],
    [{ json_schema: '{"type":"object"}' }, { kind: 'json-schema', schema: { type: 'object' }, strict: true }],
  ] as const;
  for (const endpoint of Object.keys(endpoints) as Endpoint[]) {
    for (const [fields, format] of forms) {
      await ask(endpoint, fields);
      expect(app.backend('good').requests.at(-1)?.outputFormat, endpoint).toMatchObject(format);
    }
  }
});

test('json_object with a schema that says nothing of a type is an object', async () => {
  const formats = [
    [{}, { kind: 'json-object' }],
    [{ required: ['a'] }, { kind: 'json-schema', schema: { type: 'object', required: ['a'] } }],
    [{ type: ['object', 'null'] }, { kind: 'json-schema', schema: { type: ['object', 'null'] } }],
  ] as const;
  for (const [schema, format] of formats) {
    await ask('chat', { response_format: { type: 'json_object', schema } });
    expect(app.backend('good').requests.at(-1)?.outputFormat).toMatchObject(format);
  }
});
