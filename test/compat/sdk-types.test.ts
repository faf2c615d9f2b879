// Every object and event of every API, judged by the types of the official SDKs: a required field that is missing, or a
// value that a type doesn't have, breaks clients in typed languages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendJson } from '../http/requests.ts';
import { ask, tools as messageTools, startMessagesApp } from '../http/scripted-messages.ts';
import { tools as responseTools, startResponsesApp } from '../http/scripted-responses.ts';
import type { TestApp } from '../start-test-app.ts';
import { createTypeCheck, type TypedAnswer } from './find-type-problems.ts';

let app: TestApp;
let messagesApp: TestApp;
const findTypeProblems = createTypeCheck();

beforeAll(async () => {
  [app, messagesApp] = await Promise.all([startResponsesApp(), startMessagesApp()]);
});

afterAll(() => Promise.all([app.close(), messagesApp.close()]));

async function readText(
  { url, key }: TestApp,
  path: string,
  body?: object,
  method?: string,
): Promise<string> {
  const isMessages = path.startsWith('/v1/messages');
  const headers = {
    authorization: `Bearer ${key}`,
    ...(isMessages ? { 'anthropic-version': '2023-06-01' } : {}),
  };
  return (
    await sendJson(`${url}${path}`, body, method === undefined ? { headers } : { headers, method })
  ).text();
}

/** The plain answer. */
async function readPlain(asked: TestApp, type: string, path: string, body?: object): Promise<TypedAnswer> {
  const text = await readText(asked, path, body);
  return { from: `${path} ${JSON.stringify(body)}`, type, value: JSON.parse(text) };
}

/** What the stream has. */
async function readStream(asked: TestApp, type: string, path: string, body: object): Promise<TypedAnswer[]> {
  const text = await readText(asked, path, { ...body, stream: true });
  const events = [...text.matchAll(/^data: (?!\[DONE\])(.*)$/gm)].map(([, json = '']) => json);
  if (events.length < 2) throw new Error(`This is no stream: ${text}`);
  return events.map((json) => ({ from: `${path} ${json}`, type, value: JSON.parse(json) }));
}

test('the check names a missing field, and a value that the type does not have', () => {
  const type = 'OpenAI.Models.Model';
  const good = { id: 'a', object: 'model', created: 1, owned_by: 'b', more: [{}] };
  const problems = findTypeProblems([
    { from: 'good', type, value: good },
    { from: 'without id', type, value: { object: 'model', created: 1, owned_by: 'b' } },
    { from: 'another type', type, value: { ...good, id: null } },
    { from: 'another value', type, value: { ...good, object: 'list' } },
  ]);
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'without id',
    'another type',
    'another value',
  ]);
});

const chatTools = responseTools.map(({ type, ...definition }) => ({ type, function: definition }));

test('a chat completion and its chunks', async () => {
  const path = '/v1/chat/completions';
  const bodies = [
    { model: 'good' },
    { model: 'thinking', tools: chatTools },
    { model: 'calling', tools: chatTools },
    { model: 'scored', logprobs: true, top_logprobs: 1 },
    { model: 'silent', n: 2 },
  ].map((body) => ({ ...body, messages: [{ role: 'user', content: 'Hello' }] }));
  const [first = {}] = bodies;
  const chunk = 'OpenAI.Chat.ChatCompletionChunk';
  const answers = await Promise.all([
    ...bodies.map((body) => readPlain(app, 'OpenAI.Chat.ChatCompletion', path, body)),
    ...bodies.map((body) => readStream(app, chunk, path, body)),
    readStream(app, chunk, path, { ...first, stream_options: { include_usage: true } }),
  ]);
  expect(findTypeProblems(answers.flat())).toEqual([]);
});

const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: /x/' };
const patch = { type: 'custom', name: 'apply_patch', format: grammar };
const orders = { type: 'function', name: 'list_orders', parameters: { type: 'object' } };
const crm = {
  type: 'namespace',
  name: 'crm',
  description: 'Orders.',
  tools: [orders, { type: 'custom', name: 'note' }],
};
const weather = { type: 'function', name: 'get_weather' };

const responseBodies: readonly object[] = [
  {
    model: 'good',
    instructions: 'Be kind.',
    metadata: { a: 'b' },
    reasoning: { effort: 'low', summary: 'auto' },
  },
  {
    model: 'json',
    text: { format: { type: 'json_object' }, verbosity: 'low' },
    user: 'u',
    max_output_tokens: 9,
  },
  { model: 'good', input: [{ role: 'user', content: 'a' }], prompt_cache_key: 'k', safety_identifier: 's' },
  { model: 'cut', temperature: 0, top_p: 0.5 },
  { model: 'silent', store: false, truncation: 'auto', service_tier: 'flex' },
  {
    model: 'thinking',
    tools: responseTools,
    tool_choice: 'required',
    include: ['reasoning.encrypted_content'],
  },
  { model: 'calling', tools: responseTools, tool_choice: weather, parallel_tool_calls: false },
  {
    model: 'patching',
    tools: [patch, { type: 'web_search' }],
    tool_choice: { type: 'custom', name: 'apply_patch' },
  },
  {
    model: 'ordering',
    tools: [crm, ...responseTools],
    tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [weather] },
  },
  { model: 'scored', include: ['message.output_text.logprobs'], top_logprobs: 1 },
].map((body) => ({ input: 'Hello', ...body }));

describe('the Responses API', () => {
  const path = '/v1/responses';
  const whole = 'OpenAI.Responses.Response';
  const event = 'OpenAI.Responses.ResponseStreamEvent';

  test('a response and the events of its stream, also of one that fails', async () => {
    const answers = await Promise.all([
      ...responseBodies.map((body) => readPlain(app, whole, path, body)),
      ...responseBodies.map((body) => readStream(app, event, path, body)),
      readStream(app, event, path, { model: 'broken', input: 'Hello' }),
    ]);
    expect(findTypeProblems(answers.flat())).toEqual([]);
  });

  test('what is stored, counted and deleted', async () => {
    const { id } = JSON.parse(await readText(app, path, { model: 'good', input: 'Hello' }));
    const answers = [
      await readPlain(app, whole, `${path}/${id}`),
      await readPlain(
        app,
        '{ data: OpenAI.Responses.ResponseItem[]; has_more: boolean; first_id: string; last_id: string }',
        `${path}/${id}/input_items`,
      ),
      await readPlain(app, 'OpenAI.Responses.InputTokenCountResponse', `${path}/input_tokens`, {
        model: 'good',
        input: 'Hello',
      }),
    ];
    expect(findTypeProblems(answers)).toEqual([]);
  });
});

describe('the Messages API', () => {
  const path = '/v1/messages';
  const bodies = [
    ask('good'),
    ask('cut'),
    ask('stopped', { stop_sequences: ['upon'] }),
    ask('filtered'),
    ask('calling', { tools: messageTools }),
    ask('cut-call', { tools: messageTools }),
    ask('thinking', { tools: messageTools }),
    ask('uncounted'),
  ];

  test.each([
    ['', 'Anthropic.Messages.Message', 'Anthropic.Messages.RawMessageStreamEvent'],
    [
      '?beta=true',
      'Anthropic.Beta.Messages.BetaMessage',
      'Anthropic.Beta.Messages.BetaRawMessageStreamEvent',
    ],
  ])('a message and the events of its stream %s', async (query, whole, event) => {
    const answers = await Promise.all([
      ...bodies.map((body) => readPlain(messagesApp, whole, `${path}${query}`, body)),
      ...bodies.map((body) => readStream(messagesApp, event, `${path}${query}`, body)),
    ]);
    expect(findTypeProblems(answers.flat())).toEqual([]);
  });

  test('a count, and errors', async () => {
    const { model, messages } = ask('good');
    const counted = { model, messages };
    const answers = [
      await readPlain(messagesApp, 'Anthropic.Messages.MessageTokensCount', `${path}/count_tokens`, counted),
      await readPlain(
        messagesApp,
        'Anthropic.Beta.Messages.BetaMessageTokensCount',
        `${path}/count_tokens?beta=true`,
        counted,
      ),
      await readPlain(messagesApp, 'Anthropic.ErrorResponse', path, ask('nobody')),
      await readPlain(messagesApp, 'Anthropic.ErrorResponse', path, {}),
    ];
    expect(findTypeProblems(answers)).toEqual([]);
  });
});
