// What an answer of the Responses API has comes back to the model with the next request: its reasoning, and parts that are empty.
import fc from 'fast-check';
import type { OpenAI } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toText } from '../../src/backend/message-content.ts';
import { conversation, toBodies } from '../agents/arbitrary-conversation.ts';
import { createOpenAiClient } from '../create-openai-client.ts';
import { messagesOf } from '../messages-of.ts';
import type { TestApp } from '../start-test-app.ts';
import { sendJson } from './requests.ts';
import { input, sendTo, startResponsesApp, toEvents, toJson, tools } from './scripted-responses.ts';

let app: TestApp;
let client: OpenAI;

beforeAll(async () => {
  app = await startResponsesApp();
  client = createOpenAiClient(app);
});

afterAll(() => app.close());

const include = ['reasoning.encrypted_content' as const];
const encrypted = `gravix-1:${Buffer.from('Hm.').toString('base64')}`;

/** What the model `good` reads of these items. */
async function readMessages(items: readonly object[], more: object = {}) {
  const answer = await sendTo(app, '', { model: 'good', input: items, ...more });
  expect([answer.status, await answer.text()]).toMatchObject([200, expect.anything()]);
  const request = app.backend('good').requests.at(-1);
  if (request === undefined) throw new Error('The model was not asked.');
  return { messages: messagesOf(request), ignored: answer.headers.get('x-ignored-params') };
}

const thought = (text: string) => ({
  type: 'reasoning',
  summary: [],
  content: [{ type: 'reasoning_text', text }],
});
const said = (text: string) => ({ role: 'assistant', content: text });
const asked = { role: 'user', content: 'Hello' };
const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'get_weather', arguments: '{}' });
const result = (id: string) => ({ type: 'function_call_output', call_id: id, output: 'Rain' });

test('an answer that is sent back without being stored, also with the encrypted content alone', async () => {
  const first = await client.responses.create({
    model: 'thinking',
    input: 'Hello',
    tools,
    store: false,
    include,
  });
  expect(first.output[0]).toMatchObject({ type: 'reasoning', encrypted_content: encrypted });
  for (const content of [[{ type: 'reasoning_text', text: 'Hm.' }], undefined, null]) {
    const output = first.output.map((item) => (item.type === 'reasoning' ? { ...item, content } : item));
    const { messages, ignored } = await readMessages([asked, ...output, result('call_0')], {
      store: false,
      include,
    });
    expect(ignored).toBeNull();
    expect(messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', reasoning: 'Hm.', toolCalls: [{ id: 'call_0' }] },
      { role: 'tool', toolCallId: 'call_0' },
    ]);
  }
});

test('a stream has the encrypted content where the plain answer has it, and only if it is asked for', async () => {
  const read = async (more: object) => {
    const plain = await toJson(sendTo(app, '', input('thinking', { tools, ...more })));
    const streamed = await sendTo(app, '', input('thinking', { tools, stream: true, ...more }));
    const items = toEvents(await streamed.text()).flatMap(({ event }) =>
      event.type === 'response.output_item.done' ? [event['item']] : [],
    );
    const essence = (item: unknown) => ({ ...(item as object), id: undefined });
    expect(items.map(essence)).toEqual(plain.output.map(essence));
    return plain.output[0];
  };
  expect(await read({ include })).toHaveProperty('encrypted_content', encrypted);
  expect(await read({ include: [] })).not.toHaveProperty('encrypted_content');
});

test('an answer that is stored', async () => {
  const { id } = await client.responses.create({ model: 'thinking', input: 'Hello', tools });
  const { messages } = await readMessages([result('call_0')], { previous_response_id: id });
  expect(messages).toMatchObject([
    { role: 'user' },
    { reasoning: 'Hm.', toolCalls: [{ id: 'call_0' }] },
    { role: 'tool' },
  ]);
});

test.each<[what: string, items: readonly object[], messages: readonly object[]]>([
  ['before a text', [asked, thought('a'), said('b'), asked], [{}, { reasoning: 'a' }, {}]],
  [
    'before a call',
    [asked, thought('a'), call('1'), result('1')],
    [{}, { reasoning: 'a', toolCalls: [{ id: '1' }] }, {}],
  ],
  [
    'before each call of a loop',
    [asked, thought('a'), call('1'), result('1'), thought('b'), call('2'), result('2')],
    [{}, { reasoning: 'a' }, {}, { reasoning: 'b', toolCalls: [{ id: '2' }] }, {}],
  ],
  [
    'between calls of one answer',
    [asked, thought('a'), call('1'), thought('b'), call('2'), result('1'), result('2')],
    [{}, { reasoning: 'a\nb', toolCalls: [{ id: '1' }, { id: '2' }] }, {}, {}],
  ],
  [
    'between a text and a call',
    [asked, said('a'), thought('b'), call('1'), result('1')],
    [{}, { reasoning: 'b', toolCalls: [{ id: '1' }] }, {}],
  ],
  ['in two items', [asked, thought('a'), thought('b'), said('c'), asked], [{}, { reasoning: 'a\nb' }, {}]],
  ['that is all of an answer', [asked, thought('a'), asked], [{}, { role: 'assistant', reasoning: 'a' }, {}]],
  ['at the end', [asked, thought('a')], [{}, { role: 'assistant', reasoning: 'a' }]],
])('reasoning %s', async (_what, items, expected) => {
  const { messages, ignored } = await readMessages(items);
  expect(messages).toMatchObject(expected);
  expect(messages).toHaveLength(expected.length);
  expect(ignored).toBeNull();
});

test.each([
  ['of another server', { encrypted_content: 'gAAAAABo' }],
  ['of bytes that are no text', { encrypted_content: 'gravix-1:/w==' }],
  ['with a summary alone', { summary: [{ type: 'summary_text', text: 'I thought.' }] }],
  ['with content of another type', { content: [{ type: 'other', text: 'a' }, 4] }],
])('reasoning %s is left out and named', async (_what, fields) => {
  const item = { type: 'reasoning', summary: [], ...fields };
  const { messages, ignored } = await readMessages([asked, item, said('a'), asked]);
  expect(ignored).toBe('input[1]');
  expect(messages.map((message) => message.reasoning)).toEqual([undefined, undefined, undefined]);
  const strict = await sendTo(
    app,
    '',
    { model: 'good', input: [asked, item] },
    { headers: { 'x-compat': 'strict' } },
  );
  expect(strict.status).toBe(400);
});

test('an answer and a result may have no parts, which is no text', async () => {
  const { messages } = await readMessages([
    asked,
    { role: 'assistant', content: [] },
    asked,
    call('1'),
    { ...result('1'), output: [] },
    { type: 'custom_tool_call', call_id: '2', name: 'note', input: '' },
    { type: 'custom_tool_call_output', call_id: '2', output: [] },
  ]);
  const texts = messages.map(({ role, content }) => `${role}: ${toText(content)}`);
  expect(texts).toEqual([
    'user: Hello',
    'assistant: ',
    'user: Hello',
    'assistant: ',
    'tool: ',
    'assistant: ',
    'tool: ',
  ]);
});

test('any conversation with reasoning is the same for the model in chat, responses and messages', async () => {
  const headers = { authorization: `Bearer ${app.key}` };
  await fc.assert(
    fc.asyncProperty(conversation, async (made) => {
      const { chat, responses, messages } = toBodies(made, 'good');
      const bodies = [
        ['/v1/chat/completions', chat],
        ['/v1/responses', { ...responses, store: false }],
        ['/v1/messages', { ...messages, max_tokens: 9 }],
      ] as const;
      const read = [];
      for (const [path, body] of bodies) {
        const answer = await sendJson(app.url + path, body, { headers });
        expect([answer.status, await answer.text()]).toMatchObject([200, expect.anything()]);
        read.push(messagesOf(app.backend('good').requests.at(-1)!));
      }
      expect(read[1]).toEqual(read[0]);
      expect(read[2]).toEqual(read[0]);
    }),
    { numRuns: 50 },
  );
});
