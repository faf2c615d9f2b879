import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import type { TestApp } from '../start-test-app.ts';
import { readOpenApi } from './read-openapi.ts';
import { createResponseValidator, type ResponseValidator } from './response-validator.ts';
import { sendMessage, startMessagesApp, tools } from './scripted-messages.ts';
import { toEvents } from './scripted-responses.ts';
import { withWrongField, wrongValue } from './wrong-field.ts';

let app: TestApp;
let findFault: ResponseValidator;
let findCountFault: ResponseValidator;

beforeAll(async () => {
  // What it says passes where a form is asked for.
  app = await startMessagesApp({ models: { good: sayTexts('{"a"', ':1}') } });
  const document = await readOpenApi(app);
  findFault = createResponseValidator(document, document.paths['/v1/messages']!['post']!);
  const countOperation = document.paths['/v1/messages/count_tokens']!['post']!;
  findCountFault = createResponseValidator(document, countOperation);
});

afterAll(() => app.close());

const text = fc.string({ unit: 'grapheme' });
const textBlock = fc.record({ type: fc.constant('text'), text });

const userContent = fc.oneof(
  text,
  fc.array(textBlock, { minLength: 1 }),
  fc.constantFrom<object[]>(
    [{ type: 'tool_result', tool_use_id: 'a', content: 'b' }],
    [{ type: 'tool_result', tool_use_id: 'a', is_error: true }],
    [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a' } }],
    [{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }],
  ),
);

const assistantContent = fc.oneof(
  text,
  fc.array(textBlock),
  fc.constantFrom<object[]>(
    [{ type: 'tool_use', id: 'a', name: 'f', input: { b: 1 } }],
    [
      { type: 'thinking', thinking: 'Hm', signature: 'a' },
      { type: 'text', text: 'b' },
    ],
    [{ type: 'redacted_thinking', data: 'a' }],
  ),
);

const message = fc.oneof(
  fc.record({ role: fc.constant('user'), content: userContent }),
  fc.record({ role: fc.constant('assistant'), content: assistantContent }),
  fc.record({ role: fc.constant('system'), content: text }),
);

const format = { type: 'json_schema', schema: { type: 'object' } };

/** Only the good one says what a form asks for. */
function withKnownForm(asked: { readonly model: string; readonly output_config?: object | null }) {
  return asked.model === 'good' ? asked : { ...asked, output_config: null };
}

const request = fc
  .record(
    {
      model: fc.constantFrom('good', 'good', 'thinking', 'cut', 'silent', 'stopped', 'busy', 'nobody'),
      max_tokens: fc.nat(),
      messages: fc.array(message, { minLength: 1, maxLength: 4 }),
      system: fc.option(fc.oneof(text, fc.array(textBlock))),
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      stop_sequences: fc.constantFrom(null, [], ['upon']),
      stream: fc.boolean(),
      tools: fc.constantFrom([], tools, [{ type: 'web_search_20250305', name: 'web_search' }]),
      tool_choice: fc.constantFrom(null, { type: 'auto' }, { type: 'none' }),
      thinking: fc.constantFrom(null, { type: 'adaptive' }, { type: 'enabled', budget_tokens: 9 }),
      metadata: fc.record({ user_id: fc.option(fc.string({ maxLength: 9 })) }),
      output_config: fc.constantFrom(null, { effort: 'low' }, { format }),
    },
    { requiredKeys: ['model', 'messages', 'max_tokens'] },
  )
  .map(withKnownForm);

/** Good ones, ones with a field or a block that is wrong, and JSON of any kind. */
const body = fc.oneof(
  { weight: 4, arbitrary: request },
  { weight: 4, arbitrary: withWrongField(request) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(request, fc.constantFrom('user', 'assistant', 'system'), wrongValue)
      .map(([good, role, content]) => ({ ...good, messages: [{ role, content }] })),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);

test('whatever is sent, the answer is one that the document describes, and no 5xx of ours', {
  timeout: 60_000,
}, async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(body, async (sent) => {
      const answer = await sendMessage(app, JSON.stringify(sent));
      const { status } = answer;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const type = answer.headers.get('content-type') ?? '';
      const content = await answer.text();
      if (status >= 500) expect([status, JSON.parse(content).error.type]).toEqual([529, 'overloaded_error']);
      const isStream = type.startsWith('text/event-stream');
      const values = isStream ? toEvents(content).map(({ event }) => event) : [JSON.parse(content)];
      for (const value of values) expect(findFault(status, type, value)).toBeUndefined();
      if (isStream) expect(values.at(-1)?.type).toBe('message_stop');
    }),
    { numRuns: 500 },
  );
  for (const status of [200, 400, 404, 529]) expect(statuses.get(status), String(status)).toBeGreaterThan(5);
  expect(app.logText()).not.toContain('unexpectedly');
});

test('what can be answered can be counted, and nothing else', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(body, async (sent) => {
      const text = JSON.stringify(sent);
      const counted = await sendMessage(app, text, {}, '/count_tokens');
      const content = JSON.parse(await counted.text());
      expect(findCountFault(counted.status, 'application/json', content)).toBeUndefined();
      const answered = await sendMessage(app, text);
      await answered.text();
      // A count needs no turn of the model, and no limit of tokens.
      const isFree = answered.status === 529 || (answered.status === 400 && counted.status === 200);
      if (!isFree) expect([counted.status, text]).toEqual([answered.status, text]);
    }),
    { numRuns: 200 },
  );
});
