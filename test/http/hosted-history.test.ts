// Conversations that began at OpenAI or Anthropic, whose servers run tools: they go on here without what these tools did.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostedBlockTypes } from '../../src/protocol/anthropic/messages/content-block.ts';
import { hostedItemTypes } from '../../src/protocol/openai/responses/hosted-items.ts';
import { messagesOf } from '../messages-of.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { postChat, readAny } from './requests.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ models: { good: sayTexts('Hi') } });
});

afterAll(() => app.close());

const strict = { 'x-compat': 'strict' };

/** What the model is asked, as roles and texts. */
function askedTexts(): readonly string[] {
  const request = app.backend('good').requests.at(-1);
  const messages = request === undefined ? [] : messagesOf(request);
  return messages.map(({ role, content }) => {
    const texts = content.map((part) => (part.kind === 'text' ? part.text : part.kind));
    return `${role}: ${texts.join('|')}`;
  });
}

const conversation = ['user: One', 'assistant: Two', 'user: Three'];

describe.each(hostedItemTypes)('/v1/responses with an item %s', (type) => {
  const item = {
    type,
    id: 'x_1',
    call_id: 'call_1',
    status: 'completed',
    action: {},
    output: [{ type: 'new' }],
  };
  const body = {
    model: 'good',
    input: [
      { role: 'user', content: 'One' },
      item,
      item,
      { role: 'assistant', content: 'Two' },
      { role: 'user', content: 'Three' },
    ],
  };
  const send = (headers: Readonly<Record<string, string>> = {}) =>
    postChat(app, JSON.stringify(body), { path: '/v1/responses', headers });

  test('leaves it out and lists it', async () => {
    const answer = await send();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ignored-params')).toBe('input[1]');
    expect(askedTexts()).toEqual(conversation);
    const { id } = await readAny(answer);
    const continued = { model: 'good', previous_response_id: id, input: 'Four' };
    expect((await postChat(app, JSON.stringify(continued), { path: '/v1/responses' })).status).toBe(200);
    expect(askedTexts()).toEqual([...conversation, 'assistant: Hi', 'user: Four']);
  });

  test('refuses it with strict compatibility', async () => {
    const answer = await send(strict);
    expect(answer.status).toBe(400);
    expect((await readAny(answer)).error).toMatchObject({ code: 'unsupported_parameter', param: 'input[1]' });
  });
});

test('a compaction of another server, which holds what was said before, and an item of an unknown type are refused', async () => {
  for (const [type, param] of [
    ['compaction', 'encrypted_content'],
    ['hologram', 'type'],
  ]) {
    const body = {
      model: 'good',
      input: [
        { type, encrypted_content: 'a' },
        { role: 'user', content: 'One' },
      ],
    };
    const answer = await postChat(app, JSON.stringify(body), { path: '/v1/responses' });
    expect(answer.status).toBe(400);
    expect((await readAny(answer)).error).toMatchObject({ param: `input[0].${param}` });
  }
});

describe.each(hostedBlockTypes)('/v1/messages with a block %s', (type) => {
  const block = {
    type,
    id: 'srvtoolu_1',
    tool_use_id: 'srvtoolu_1',
    name: 'web_search',
    input: {},
    content: [],
  };
  const body = {
    model: 'good',
    max_tokens: 10,
    messages: [
      { role: 'user', content: 'One' },
      { role: 'assistant', content: [block, block, { type: 'text', text: 'Two' }] },
      { role: 'user', content: 'Three' },
    ],
  };
  const send = (headers: Readonly<Record<string, string>> = {}) =>
    postChat(app, JSON.stringify(body), { path: '/v1/messages', headers });

  test('leaves it out and lists it', async () => {
    const answer = await send();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ignored-params')).toBe('messages[1].content[0]');
    expect(askedTexts()).toEqual(conversation);
  });

  test('refuses it with strict compatibility', async () => {
    const answer = await send(strict);
    expect(answer.status).toBe(400);
    expect((await readAny(answer)).error.details).toEqual({
      error_code: 'unsupported_parameter',
      param: 'messages[1].content[0]',
    });
  });
});

test('the tools of a server that Anthropic asks are left out, as its own tools are', async () => {
  const body = {
    model: 'good',
    max_tokens: 10,
    messages: [{ role: 'user', content: 'One' }],
    tools: [{ type: 'mcp_toolset', mcp_server_name: 'crm' }],
  };
  const send = (headers: Readonly<Record<string, string>> = {}) =>
    postChat(app, JSON.stringify(body), { path: '/v1/messages', headers });
  expect((await send()).headers.get('x-ignored-params')).toBe('tools[0]');
  const refused = await readAny(await send(strict));
  expect(refused.error.message).toContain("'mcp_toolset'");
});

describe('/v1/messages', () => {
  const send = (messages: readonly object[]) =>
    postChat(app, JSON.stringify({ model: 'good', max_tokens: 10, messages }), { path: '/v1/messages' });
  const one = { role: 'user', content: 'One' };
  const two = { type: 'text', text: 'Two' };

  test('blocks of the user, of the system and of results that Anthropic alone knows are left out and listed', async () => {
    const answer = await send([
      { role: 'user', content: [{ type: 'container_upload', file_id: 'a' }, two] },
      { role: 'system', content: [{ type: 'tool_addition', tool: { type: 'tool_reference', name: 'a' } }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'b', input: {} }] },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'a',
            content: [{ type: 'tool_reference', tool_name: 'c' }, two],
          },
        ],
      },
    ]);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ignored-params')).toBe(
      'messages[0].content[0], messages[1].content[0], messages[3].content[0].content[0]',
    );
    expect(askedTexts()).toEqual(['user: Two', 'assistant: ', 'tool: Two']);
  });

  test('a conversation of which nothing is left is refused', async () => {
    const answer = await send([{ role: 'user', content: [{ type: 'container_upload', file_id: 'a' }] }]);
    expect(answer.status).toBe(400);
    expect((await readAny(answer)).error.details).toEqual({ error_code: 'invalid_value', param: 'messages' });
  });

  const summary = { type: 'compaction', content: 'So far.', encrypted_content: 'x', signature: 'y' };

  test.each<[what: string, messages: readonly object[], asked: readonly string[]]>([
    [
      'before an answer, in place of what was before it',
      [
        one,
        { role: 'assistant', content: 'Old' },
        one,
        { role: 'assistant', content: [{ ...two, text: 'Old' }, summary, two] },
        one,
      ],
      ['user: So far.', 'assistant: Two', 'user: One'],
    ],
    ['as the first message', [{ role: 'assistant', content: [summary] }, one], ['user: So far.|One']],
    ['as the last message', [one, { role: 'assistant', content: [summary] }], ['user: So far.']],
    [
      'that came after another one',
      [
        { role: 'assistant', content: [{ ...summary, content: 'Older.' }] },
        one,
        { role: 'assistant', content: [summary, two] },
        one,
      ],
      ['user: So far.', 'assistant: Two', 'user: One'],
    ],
  ])('a summary %s', async (_what, messages, asked) => {
    const answer = await send(messages);
    expect([answer.status, answer.headers.get('x-ignored-params')]).toEqual([200, null]);
    expect(askedTexts()).toEqual(asked);
  });

  test('a compaction that failed says nothing, and is listed', async () => {
    const answer = await send([
      one,
      { role: 'assistant', content: [{ ...summary, content: null }, two] },
      one,
    ]);
    expect(answer.headers.get('x-ignored-params')).toBe('messages[1].content[0]');
    expect(askedTexts()).toEqual(['user: One', 'assistant: Two', 'user: One']);
  });
});
