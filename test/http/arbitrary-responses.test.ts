import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestApp } from '../start-test-app.ts';
import { readOpenApi } from './read-openapi.ts';
import { createResponseValidator, type ResponseValidator } from './response-validator.ts';
import { sendTo, startResponsesApp, toEvents, tools } from './scripted-responses.ts';
import { withWrongField, wrongValue } from './wrong-field.ts';

let app: TestApp;
let findFault: ResponseValidator;

beforeAll(async () => {
  app = await startResponsesApp();
  const document = await readOpenApi(app);
  findFault = createResponseValidator(document, document.paths['/v1/responses']!['post']!);
});

afterAll(() => app.close());

const text = fc.string({ unit: 'grapheme' });

const item = fc.oneof(
  fc.record({ role: fc.constantFrom('user', 'assistant', 'system', 'developer'), content: text }),
  fc.record({
    type: fc.constant('message'),
    role: fc.constant('user'),
    content: fc.array(fc.record({ type: fc.constant('input_text'), text }), { minLength: 1 }),
  }),
  fc.constantFrom(
    { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'a', output: 'b' },
    { type: 'custom_tool_call', call_id: 'b', name: 'g', input: 'a' },
    { type: 'custom_tool_call_output', call_id: 'b', output: 'b' },
    { type: 'reasoning', summary: [] },
    { type: 'item_reference', id: 'a' },
  ),
);

const request = fc.record(
  {
    model: fc.constantFrom('good', 'good', 'thinking', 'cut', 'silent', 'busy', 'nobody'),
    input: fc.oneof(text, fc.array(item, { minLength: 1, maxLength: 4 })),
    instructions: fc.option(text),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    max_output_tokens: fc.option(fc.integer({ min: 1 })),
    stream: fc.boolean(),
    store: fc.option(fc.boolean()),
    tools: fc.constantFrom(
      [],
      tools,
      [{ type: 'custom', name: 'get_weather' }],
      [{ type: 'web_search' }],
      [{ type: 'namespace', name: 'n', tools }],
    ),
    metadata: fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), { maxKeys: 3 }),
    include: fc.constantFrom([], ['message.output_text.logprobs']),
  },
  { requiredKeys: ['model', 'input'] },
);

/** Good ones, ones with a field that is wrong, and JSON of any kind. */
const body = fc.oneof(
  { weight: 3, arbitrary: request },
  { weight: 5, arbitrary: withWrongField(request) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        request,
        fc.constantFrom('text', 'reasoning', 'tool_choice', 'stream_options', 'user', 'previous_response_id'),
        wrongValue,
      )
      .map(([good, name, value]) => ({ ...good, [name]: value })),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);

test('whatever is sent, the answer is one that the document describes, and no 5xx of ours', {
  timeout: 60_000,
}, async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(body, async (sent) => {
      const answer = await sendTo(app, '', JSON.stringify(sent));
      const { status } = answer;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const type = answer.headers.get('content-type') ?? '';
      const content = await answer.text();
      if (status >= 500) expect(JSON.parse(content).error.code).toBe('overloaded');
      const isStream = type.startsWith('text/event-stream');
      const values = isStream ? toEvents(content).map(({ event }) => event) : [JSON.parse(content)];
      for (const value of values) expect(findFault(status, type, value)).toBeUndefined();
      if (isStream) expect(values.at(-1)?.type).toMatch(/^response\.(completed|incomplete)$/);
    }),
    { numRuns: 500 },
  );
  for (const status of [200, 400, 404, 503]) expect(statuses.get(status), String(status)).toBeGreaterThan(5);
  expect(app.logText()).not.toContain('unexpectedly');
});
