// A conversation is summarized, and goes on from its summary.
import type { OpenAI } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toText } from '../../src/backend/message-content.ts';
import { inputItemsMax } from '../../src/protocol/openai/responses/response-request.ts';
import { createOpenAiClient } from '../create-openai-client.ts';
import { messagesOf } from '../messages-of.ts';
import type { TestApp } from '../start-test-app.ts';
import { eventually } from './requests.ts';
import { readError, sendTo, startResponsesApp, toJson, tools } from './scripted-responses.ts';

let app: TestApp;
let client: OpenAI;

beforeAll(async () => {
  app = await startResponsesApp();
  client = createOpenAiClient(app);
});

afterAll(() => app.close());

const conversation: OpenAI.Responses.ResponseInputItem[] = [
  { role: 'user', content: 'One' },
  { type: 'function_call', call_id: 'a', name: 'get_weather', arguments: '{}' },
  { type: 'function_call_output', call_id: 'a', output: 'Rain' },
  { role: 'assistant', content: 'Two' },
  { role: 'user', content: [{ type: 'input_text', text: 'Three' }] },
];

const question = { role: 'user', content: 'a' };

const compact = (body: object, headers: Readonly<Record<string, string>> = {}) =>
  sendTo(app, '/compact', { model: 'good', ...body }, { headers });

function lastRequest(model = 'good') {
  const request = app.backend(model).requests.at(-1);
  if (request === undefined) throw new Error('The model was not asked.');
  return { request, texts: messagesOf(request).map(({ role, content }) => `${role}: ${toText(content)}`) };
}

const summaryOf = (text: string) => `gravix-1:${Buffer.from(text).toString('base64')}`;

describe('a compaction', () => {
  test('is the messages of the user and a summary, which the model writes at the end of the conversation', async () => {
    const compacted = await client.responses.compact({
      model: 'good',
      input: conversation,
      instructions: 'Be kind.',
    });
    const hex = /^resp_([0-9a-f]{32})$/.exec(compacted.id)?.[1];
    expect(compacted).toEqual({
      id: expect.any(String),
      object: 'response.compaction',
      created_at: expect.any(Number),
      output: [
        {
          id: `msg_${hex}_in0`,
          type: 'message',
          role: 'user',
          status: 'completed',
          content: [{ type: 'input_text', text: 'One' }],
        },
        {
          id: `msg_${hex}_in1`,
          type: 'message',
          role: 'user',
          status: 'completed',
          content: [{ type: 'input_text', text: 'Three' }],
        },
        { id: `cmp_${hex}_2`, type: 'compaction', encrypted_content: summaryOf('Hello') },
      ],
      usage: expect.objectContaining({ input_tokens: 12, output_tokens: 3, total_tokens: 15 }),
    });
    const { texts, request } = lastRequest();
    expect(texts.slice(0, 6)).toEqual([
      'system: Be kind.',
      'user: One',
      'assistant: ',
      'tool: Rain',
      'assistant: Two',
      'user: Three',
    ]);
    expect(texts.slice(6)).toEqual([expect.stringMatching(/^user: Write a summary/)]);
    expect(request.toolUse).toBeUndefined();
  });

  test('goes on: the model reads the summary as a message of the user', async () => {
    const { output } = await client.responses.compact({ model: 'good', input: conversation });
    const input = [...output, { role: 'user', content: 'Four' }] as OpenAI.Responses.ResponseInput;
    const { id } = await client.responses.create({ model: 'good', input });
    const wanted = [
      'user: One',
      'user: Three',
      'user: Summary of the conversation until here:\n\nHello',
      'user: Four',
    ];
    expect(lastRequest().texts).toEqual(wanted);
    await client.responses.create({ model: 'good', previous_response_id: id, input: 'Five' });
    expect(lastRequest().texts).toEqual([...wanted, 'assistant: Hello', 'user: Five']);
    const again = await client.responses.compact({ model: 'good', input });
    expect(again.output.map(({ type }) => type)).toEqual(['message', 'message', 'message', 'compaction']);
    expect(lastRequest().texts.slice(0, 4)).toEqual(wanted);
  });

  test('of a stored response, and of a text', async () => {
    const { id } = await client.responses.create({ model: 'good', input: 'One' });
    const stored = await client.responses.compact({ model: 'good', previous_response_id: id });
    expect(lastRequest().texts.slice(0, 2)).toEqual(['user: One', 'assistant: Hello']);
    expect(stored.output).toMatchObject([
      { role: 'user', content: [{ text: 'One' }] },
      { type: 'compaction' },
    ]);
    expect((await client.responses.compact({ model: 'good', input: 'One' })).output).toHaveLength(2);
    expect(await readError(sendTo(app, `/${stored.id}`))).toMatchObject({ status: 404 });
  });

  test('does not call the tools of the conversation, which the model may see', async () => {
    expect((await compact({ input: conversation, tools, tool_choice: 'required' })).status).toBe(200);
    expect(lastRequest().request.toolUse).toMatchObject({ choice: 'none', tools: [{ name: 'get_weather' }] });
  });

  test('has as many items as a response may have', async () => {
    expect((await compact({ input: Array(inputItemsMax).fill(question) })).status).toBe(200);
    expect(await readError(compact({ input: Array(inputItemsMax + 1).fill(question) }))).toMatchObject({
      code: 'array_above_max_length',
    });
  });

  test('keeps the last messages of the user, as many as there is room for', async () => {
    const input = ['a', 'b', 'c'].map((letter) => ({ role: 'user', content: letter.repeat(7_000) }));
    const { output } = await toJson(compact({ input }));
    const kept = output.map(({ content }: { content?: [{ text: string }] }) => content?.[0].text[0]);
    expect(kept).toEqual(['b', 'c', undefined]);
  });

  test('that is cut off says so, and one without a text is a failure', async () => {
    const { output } = await toJson(compact({ model: 'cut', input: 'One', max_output_tokens: 1 }));
    expect(output.at(-1).encrypted_content).toBe(summaryOf('Once\n\n(The summary was cut off here.)'));
    expect(lastRequest('cut').request.maxTokens).toBe(1);
    const silent = compact({ model: 'silent', input: 'One' });
    expect(await readError(silent)).toMatchObject({ status: 502, code: 'invalid_structured_output' });
  });

  test('leaves one usage record', async () => {
    const before = app.usages().length;
    await compact({ input: 'One' });
    await eventually(() => app.usages().length > before);
    expect(app.usages().slice(before)).toMatchObject([
      {
        endpoint: 'responses/compact',
        model: 'good',
        outcome: 'completed',
        returned: { completionTokens: 3 },
      },
    ]);
  });
});

describe('a compaction is refused', () => {
  test.each<[body: object, status: number, code: string | null, param: string | null]>([
    [{}, 400, 'missing_required_parameter', 'input'],
    [{ input: 4 }, 400, 'invalid_type', 'input'],
    [{ input: [] }, 400, 'empty_array', 'input'],
    [{ input: [{ type: 'hologram' }] }, 400, 'unsupported_value', 'input[0].type'],
    [
      { input: [{ type: 'compaction', encrypted_content: 'gAAA' }] },
      400,
      'invalid_type',
      'input[0].encrypted_content',
    ],
    [
      { input: [{ type: 'function_call_output', call_id: 'a', output: '' }] },
      400,
      'invalid_value',
      'input[0].call_id',
    ],
    [{ previous_response_id: 'resp_none' }, 404, 'response_not_found', 'previous_response_id'],
    [{ model: 'nobody', input: 'One' }, 404, 'model_not_found', 'model'],
    [{ model: 'long', input: 'One' }, 400, 'context_length_exceeded', 'input'],
    [{ model: 'busy', input: 'One' }, 503, 'overloaded', null],
  ])('for %j', async (body, status, code, param) => {
    expect(await readError(compact(body))).toEqual({ status, code, param });
  });

  test('with strict compatibility for what means nothing to a summary, which is named otherwise', async () => {
    const body = { input: 'One', text: { verbosity: 'low' }, stream: true, store: null };
    const answer = await compact(body);
    expect(answer.headers.get('x-ignored-params')).toBe('text, stream');
    expect(await toJson(answer)).toMatchObject({ object: 'response.compaction' });
    const strict = compact(body, { 'x-compat': 'strict' });
    expect(await readError(strict)).toEqual({ status: 400, code: 'unsupported_parameter', param: 'text' });
  });
});
