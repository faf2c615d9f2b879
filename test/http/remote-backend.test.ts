// The whole HTTP surface over a backend that is no embedded engine: what it answers, and what it refuses by name.
import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GenerationEvent } from '../../src/backend/generation-event.ts';
import { createOpenAiClient } from '../create-openai-client.ts';
import { createRequest } from '../create-request.ts';
import { messagesOf } from '../messages-of.ts';
import { finish, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { createScriptedRemoteBackend, type ScriptedRemoteBackend } from '../scripted-remote-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { postChat, readAny } from './requests.ts';

const filtered: readonly GenerationEvent[] = [started, textDelta('The '), finish(2, 'content-filter')];

let app: TestApp;
let client: OpenAI;
let talking: ScriptedRemoteBackend;

beforeAll(async () => {
  talking = createScriptedRemoteBackend(sayTexts('Hel', 'lo'));
  app = await startTestApp({
    models: {},
    backends: {
      talking,
      filtering: createScriptedRemoteBackend(() => filtered),
      json: createScriptedRemoteBackend(sayTexts('{"a"', ':1}')),
    },
    aliases: { nickname: 'talking' },
  });
  client = createOpenAiClient(app);
});
afterAll(() => app.close());

const messages = [{ role: 'user' as const, content: 'Hello' }];
const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };

async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const answer = await postChat(app, JSON.stringify(body), { path, headers });
  return { status: answer.status, json: await readAny(answer) };
}

describe('a remote server', () => {
  test('answers a chat, plain and streamed, with the usage that it tells at the end', async () => {
    const plain = await client.chat.completions.create({ model: 'talking', messages });
    expect(plain.choices).toMatchObject([{ message: { content: 'Hello' }, finish_reason: 'stop' }]);
    expect(plain.usage).toMatchObject(usage);
    const stream = await client.chat.completions.create({
      model: 'talking',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hello');
    expect(chunks.at(-1)?.usage).toMatchObject(usage);
  });

  test('makes several choices of one request', async () => {
    const before = talking.choiceCounts.length;
    const { choices, usage: told } = await client.chat.completions.create({
      model: 'talking',
      messages,
      n: 3,
    });
    expect(choices.map(({ message }) => message.content)).toEqual(['Hello', 'Hello', 'Hello']);
    expect(told).toMatchObject({ prompt_tokens: 12, completion_tokens: 9 });
    expect(talking.choiceCounts.slice(before)).toEqual([3]);
  });

  test('gets the schema of an answer as it stands', async () => {
    const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
    const answer = await client.chat.completions.create({
      model: 'json',
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } },
    });
    expect(answer.choices[0]?.message.content).toBe('{"a":1}');
  });

  test('reads images, by their addresses and their bytes', async () => {
    const parts = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'image_url' as const, image_url: { url: 'https://example.com/a.png', detail: 'low' as const } },
      { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
    ];
    await client.chat.completions.create({ model: 'talking', messages: [{ role: 'user', content: parts }] });
    expect(messagesOf(talking.requests.at(-1) ?? createRequest(''))).toEqual([
      {
        role: 'user',
        content: [
          { kind: 'text', text: 'What is this?' },
          { kind: 'image', source: { kind: 'address', url: 'https://example.com/a.png' }, detail: 'low' },
          { kind: 'image', source: { kind: 'data', mediaType: 'image/png', base64: 'iVBORw0KGgo=' } },
        ],
      },
    ]);
  });

  test.each([
    ['an address of another kind', 'user', 'ftp://example.com/a.png'],
    ['an address without a host', 'user', 'https://'],
    ['bytes that are not in Base64', 'user', 'data:image/png,abc'],
    ['no bytes', 'user', 'data:image/png;base64,'],
    ['bytes of no image', 'user', 'data:text/plain;base64,YQ=='],
    ['an address that is too long', 'user', `https://example.com/${'a'.repeat(8_192)}`],
    ['an image that the system sent', 'system', 'https://example.com/a.png'],
  ])('can not be sent %s', async (_, role, url) => {
    const content = [{ type: 'image_url', image_url: { url } }];
    const { status, json } = await post('/v1/chat/completions', {
      model: 'talking',
      messages: [...messages, { role, content }],
    });
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: 'unsupported_content', param: 'messages[1].content[0]' });
  });

  test('completes a text, and answers a response', async () => {
    const completion = await client.completions.create({ model: 'talking', prompt: 'Say' });
    expect(completion.choices).toMatchObject([{ text: 'Hello', finish_reason: 'stop' }]);
    expect(completion.usage).toMatchObject(usage);
    const response = await client.responses.create({ model: 'talking', input: 'Hello' });
    expect(response).toMatchObject({
      status: 'completed',
      output_text: 'Hello',
      usage: { input_tokens: 12, output_tokens: 3 },
    });
  });

  test('makes embeddings', async () => {
    const { data } = await client.embeddings.create({ model: 'talking', input: ['a', 'b'] });
    expect(data).toHaveLength(2);
  });

  test('may cut an answer by a filter, which every endpoint says in its way', async () => {
    const chat = await client.chat.completions.create({ model: 'filtering', messages });
    expect(chat.choices).toMatchObject([{ message: { content: 'The ' }, finish_reason: 'content_filter' }]);
    const stream = await client.chat.completions.create({ model: 'filtering', messages, stream: true });
    const reasons = [];
    for await (const { choices } of stream) reasons.push(...choices.map((choice) => choice.finish_reason));
    expect(reasons.filter((reason) => reason !== null)).toEqual(['content_filter']);
    const completion = await client.completions.create({ model: 'filtering', prompt: 'Say' });
    expect(completion.choices).toMatchObject([{ text: 'The ', finish_reason: 'content_filter' }]);
    const response = await client.responses.create({ model: 'filtering', input: 'Hello' });
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
      output: [{ status: 'incomplete' }],
    });
    const events = await client.responses.create({ model: 'filtering', input: 'Hello', stream: true });
    const types = [];
    for await (const { type } of events) types.push(type);
    expect(types.at(-1)).toBe('response.incomplete');
  });
});

test.each<[string, object, string, string]>([
  ['/v1/tokenize', { prompt: 'a' }, 'show the tokens of a text', 'model'],
  ['/v1/detokenize', { tokens: [1] }, 'show the tokens of a text', 'model'],
  ['/v1/chat/completions/input_tokens', { messages }, 'count the tokens of a prompt', 'model'],
  ['/v1/responses/input_tokens', { input: 'a' }, 'count the tokens of a prompt', 'model'],
  ['/v1/completions', { prompt: [1, 2] }, 'accept token ids as a prompt', 'prompt'],
  ['/v1/completions', { prompt: 'a', echo: true }, 'repeat the prompt', 'echo'],
  ['/v1/completions', { prompt: 'a', suffix: 'b' }, 'fill in text before a suffix', 'suffix'],
  ['/v1/completions', { prompt: 'a', ignore_eos: true }, 'change the end of an answer', 'model'],
  [
    '/v1/chat/completions',
    { messages, stop_token_ids: [1] },
    'change the end of an answer',
    'stop_token_ids',
  ],
  [
    '/v1/chat/completions',
    { messages, guided_regex: 'a+' },
    'answer in the form of a pattern',
    'guided_regex',
  ],
  [
    '/v1/chat/completions',
    { messages, chat_template_kwargs: { a: 1 } },
    'accept variables for the chat template',
    'chat_template_kwargs',
  ],
  [
    '/v1/chat/completions',
    { messages: [...messages, { role: 'assistant', content: 'I', prefix: true }] },
    "continue the assistant's message",
    'messages',
  ],
])('%s with %j is refused with the name of what is lacking', async (path, body, ability, param) => {
  const { status, json } = await post(path, { model: 'nickname', ...body });
  expect(status).toBe(400);
  expect(json.error).toEqual({
    message: `The model 'nickname' can't ${ability}: its deployment 'talking' lacks this capability.`,
    type: 'invalid_request_error',
    param,
    code: 'unsupported_capability',
  });
});
