// Every object and event of every API, judged by the types of the official SDKs: a required field that is missing, or a
// value that a type doesn't have, breaks clients in typed languages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendJson } from '../http/requests.ts';
import { ask, tools as messageTools, startMessagesApp } from '../http/scripted-messages.ts';
import { tools as responseTools, startResponsesApp } from '../http/scripted-responses.ts';
import type { TestApp } from '../start-test-app.ts';
import { createSdkTypes, type TypedAnswer } from './create-sdk-types.ts';

let app: TestApp;
let messagesApp: TestApp;
const { findProblems, listTexts } = createSdkTypes();

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
  const problems = findProblems([
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
  expect(findProblems(answers.flat())).toEqual([]);
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
  // OpenAI's has messages of the user among its items, too.
  const compacted =
    "Omit<OpenAI.Responses.CompactedResponse, 'output'> & { output: (OpenAI.Responses.ResponseItem | OpenAI.Responses.ResponseCompactionItem)[] }";

  test('a response and the events of its stream, also of one that fails', async () => {
    const answers = await Promise.all([
      ...responseBodies.map((body) => readPlain(app, whole, path, body)),
      ...responseBodies.map((body) => readStream(app, event, path, body)),
      readStream(app, event, path, { model: 'broken', input: 'Hello' }),
    ]);
    expect(findProblems(answers.flat())).toEqual([]);
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
      await readPlain(app, compacted, `${path}/compact`, { model: 'good', input: 'Hello' }),
    ];
    expect(findProblems(answers)).toEqual([]);
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
    expect(findProblems(answers.flat())).toEqual([]);
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
    expect(findProblems(answers)).toEqual([]);
  });
});

/** What is refused by name, and why. */
const refusedTypes: Readonly<Record<string, string>> = {
  compaction_trigger: 'It asks for a compaction in the answer.',
};

const toolResultTypes =
  "Exclude<NonNullable<Anthropic.Beta.Messages.BetaToolResultBlockParam['content']>, string>[number]['type']";

describe('what the types let a client send is known', () => {
  const isUnknown = ({
    error,
  }: {
    readonly error?: { readonly code?: string; readonly details?: { readonly error_code?: string } };
  }) => (error?.code ?? error?.details?.error_code) === 'unsupported_value';

  test('each type of an item, a tool, a value of include and an effort', async () => {
    const texts = (type: string) => listTexts(`OpenAI.Responses.${type}`);
    const bodies = [
      ...texts("ResponseInputItem['type'] & string").map((type) => ({
        input: [{ type }, { role: 'user', content: 'a' }],
        type,
      })),
      ...texts("Tool['type']").map((type) => ({ tools: [{ type }], type })),
      ...texts('ResponseIncludable').map((value) => ({ include: [value] })),
      ...listTexts('OpenAI.ReasoningEffort').map((effort) => ({ reasoning: { effort } })),
      ...listTexts("OpenAI.Responses.ResponseCreateParams['service_tier']").map((tier) => ({
        service_tier: tier,
      })),
    ];
    expect(bodies.length).toBeGreaterThan(60);
    const unknown = await listUnknown(bodies, (body) =>
      readText(app, '/v1/responses', { model: 'good', input: 'a', ...body, type: undefined }),
    );
    expect(unknown).toEqual(Object.keys(refusedTypes));
  });

  test('each type of a block, a tool and a choice', async () => {
    const texts = (type: string) => listTexts(`Anthropic.Beta.Messages.${type}`);
    const roles = ['user', 'assistant'];
    const send = async (body: object) =>
      readText(messagesApp, '/v1/messages', { ...ask('good'), ...body, type: undefined });
    const blocks = texts("BetaContentBlockParam['type']").map((type) => ({ type }));
    expect(blocks.length).toBeGreaterThan(20);
    const answered = await Promise.all(
      blocks.map(async ({ type }) => {
        const read = await Promise.all(
          roles.map((role) =>
            send({
              messages: [
                { role, content: [{ type }] },
                { role: 'user', content: 'a' },
              ],
            }),
          ),
        );
        return read.every((text) => isUnknown(JSON.parse(text))) ? [type] : [];
      }),
    );
    expect(answered.flat()).toEqual([]);
    const bodies = [
      ...texts("BetaToolUnion['type']").map((type) => ({ tools: [{ type, name: 'a' }], type })),
      ...texts("BetaToolChoice['type']").map((type) => ({
        tool_choice: { type, name: 'a' },
        tools: messageTools,
      })),
      ...texts("BetaThinkingConfigParam['type']").map((type) => ({ thinking: { type } })),
      ...texts("BetaThinkingConfigAdaptive['display']").map((display) => ({
        thinking: { type: 'adaptive', display },
      })),
      ...texts("BetaOutputConfig['effort']").map((effort) => ({ output_config: { effort } })),
      ...listTexts(toolResultTypes).map((type) => ({
        messages: [
          { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'b', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type }] }] },
        ],
      })),
    ];
    expect(await listUnknown(bodies, send)).toEqual([]);
  });

  async function listUnknown(
    bodies: readonly (object & { readonly type?: string })[],
    send: (body: object) => Promise<string>,
  ) {
    const read = await Promise.all(
      bodies.map(async (body) =>
        isUnknown(JSON.parse(await send(body))) ? [body.type ?? JSON.stringify(body)] : [],
      ),
    );
    return read.flat();
  }
});
