import type { OpenAI } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOpenAiClient } from '../create-openai-client.ts';
import type { TestApp } from '../start-test-app.ts';
import { eventually, type Sent } from './requests.ts';
import {
  input,
  readError,
  sendTo,
  startResponsesApp,
  toEvents,
  toJson,
  tools,
} from './scripted-responses.ts';

let app: TestApp;
let client: OpenAI;

beforeAll(async () => {
  app = await startResponsesApp();
  client = createOpenAiClient(app);
});

afterAll(() => app.close());

function send(path: string, body?: unknown, sent?: Sent): Promise<Response> {
  return sendTo(app, path, body, sent);
}

describe('a plain response', () => {
  test('is whole', async () => {
    const sampling = { temperature: 0.5, frequency_penalty: 0.5, seed: 7, max_tool_calls: 3 };
    const answer = await send('', input('good', { instructions: 'Be brief.', ...sampling }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ignored-params')).toBeNull();
    const response = await toJson(answer);
    const hex = /^resp_([0-9a-f]{32})$/.exec(response.id)?.[1];
    expect(response).toEqual({
      id: expect.any(String),
      object: 'response',
      created_at: expect.any(Number),
      completed_at: expect.any(Number),
      status: 'completed',
      error: null,
      incomplete_details: null,
      model: 'good',
      output: [
        {
          id: `msg_${hex}_0`,
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
        },
      ],
      usage: {
        input_tokens: 12,
        input_tokens_details: { cached_tokens: 3, cache_write_tokens: 0 },
        output_tokens: 3,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 15,
      },
      store: true,
      background: false,
      instructions: 'Be brief.',
      previous_response_id: null,
      max_output_tokens: null,
      max_tool_calls: 3,
      metadata: {},
      parallel_tool_calls: true,
      temperature: 0.5,
      top_p: 1,
      presence_penalty: 0,
      frequency_penalty: 0.5,
      top_logprobs: 0,
      text: { format: { type: 'text' }, verbosity: 'medium' },
      tools: [],
      tool_choice: 'auto',
      reasoning: { effort: null, summary: null },
      truncation: 'disabled',
      service_tier: 'default',
      user: null,
      prompt_cache_key: null,
      safety_identifier: null,
    });
    expect(app.backend('good').requests.at(-1)).toMatchObject({
      id: response.id,
      sampling: { temperature: 0.5, seed: 7 },
    });
  });

  test('that ran out of tokens is incomplete', async () => {
    const response = await client.responses.create({ model: 'cut', input: 'Hello', max_output_tokens: 1 });
    expect(response).toMatchObject({
      status: 'incomplete',
      completed_at: null,
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete', content: [{ text: 'Once' }] }],
      max_output_tokens: 1,
    });
    expect(response.output_text).toBe('Once');
    expect(app.backend('cut').requests.at(-1)?.maxTokens).toBe(1);
  });

  test('of nothing has an empty text', async () => {
    expect(await client.responses.create({ model: 'silent', input: 'Hello' })).toMatchObject({
      status: 'completed',
      output: [{ type: 'message', content: [{ type: 'output_text', text: '' }] }],
      output_text: '',
    });
  });

  test('has thoughts, text and calls as items', async () => {
    const { output } = await client.responses.create({ model: 'thinking', input: 'Hello', tools });
    expect(output).toMatchObject([
      { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] },
      { type: 'message', content: [{ text: 'So' }] },
      { type: 'function_call', call_id: 'call_0', name: 'get_weather', arguments: '{}', status: 'completed' },
    ]);
  });

  test('has log-probabilities where they are asked for', async () => {
    const include = ['message.output_text.logprobs' as const];
    const asked = await client.responses.create({ model: 'scored', input: 'a', include, top_logprobs: 1 });
    expect(asked.output).toMatchObject([
      {
        content: [
          {
            logprobs: [
              {
                token: 'Hi',
                bytes: [72, 105],
                logprob: -0.5,
                top_logprobs: [{ token: '<end>', bytes: [], logprob: -9999 }],
              },
            ],
          },
        ],
      },
    ]);
    expect(app.backend('scored').requests.at(-1)?.topLogprobs).toBe(1);
    await client.responses.create({ model: 'good', input: 'a' });
    expect(app.backend('good').requests.at(-1)?.topLogprobs).toBeUndefined();
  });

  test('has the form that was asked for, or is 502', async () => {
    const format = { type: 'json_schema' as const, name: 'a', schema: { type: 'object' }, strict: true };
    const good = await send('', input('json', { text: { format } }));
    expect(good.headers.get('x-structured-attempts')).toBe('1');
    expect(await toJson(good)).toMatchObject({ text: { format } });
    expect(app.backend('json').requests.at(-1)?.outputFormat).toMatchObject({ kind: 'json-schema' });
    const bad = await send('', input('bad', { text: { format } }));
    expect(bad.headers.get('x-structured-attempts')).toBe('3');
    expect(await readError(bad)).toEqual({ status: 502, code: 'invalid_structured_output', param: null });
  });
});

describe('a stream', () => {
  test('of a text has these events', async () => {
    const answer = await send('', input('good', { stream: true }));
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events = toEvents(await answer.text());
    expect(events.every(({ name, event }) => name === event.type)).toBe(true);
    expect(events.map(({ event }) => event.sequence_number)).toEqual(events.map((_, index) => index));
    const id = expect.stringMatching(/^msg_[0-9a-f]{32}_0$/);
    const at = { item_id: id, output_index: 0, content_index: 0 };
    const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] });
    const item = (status: string, content: object[]) => {
      return { id, type: 'message', status, role: 'assistant', content };
    };
    expect(events.map(({ event: { sequence_number: _number, ...event } }) => event)).toEqual([
      { type: 'response.created', response: expect.objectContaining({ status: 'in_progress', output: [] }) },
      { type: 'response.in_progress', response: expect.objectContaining({ usage: null }) },
      { type: 'response.output_item.added', output_index: 0, item: item('in_progress', []) },
      { type: 'response.content_part.added', ...at, part: part('') },
      { type: 'response.output_text.delta', ...at, delta: 'Hel', logprobs: [] },
      { type: 'response.output_text.delta', ...at, delta: 'lo', logprobs: [] },
      { type: 'response.output_text.done', ...at, text: 'Hello', logprobs: [] },
      { type: 'response.content_part.done', ...at, part: part('Hello') },
      { type: 'response.output_item.done', output_index: 0, item: item('completed', [part('Hello')]) },
      {
        type: 'response.completed',
        response: expect.objectContaining({
          status: 'completed',
          output: [item('completed', [part('Hello')])],
          usage: expect.objectContaining({ total_tokens: 15 }),
        }),
      },
    ]);
  });

  test('of thoughts, text and a call has these events', async () => {
    const answer = await send('', input('thinking', { stream: true, tools }));
    expect(toEvents(await answer.text()).map(({ event }) => event.type.replace('response.', ''))).toEqual([
      ...['created', 'in_progress'],
      ...['output_item.added', 'content_part.added', 'reasoning_text.delta', 'reasoning_text.delta'],
      ...['reasoning_text.done', 'content_part.done', 'output_item.done'],
      ...['output_item.added', 'content_part.added', 'output_text.delta'],
      ...['output_text.done', 'content_part.done', 'output_item.done'],
      ...['output_item.added', 'function_call_arguments.delta'],
      ...['function_call_arguments.done', 'output_item.done'],
      'completed',
    ]);
  });

  test.each(['good', 'json', 'cut', 'silent', 'calling', 'thinking', 'scored'])(
    "of %s is put together by OpenAI's client to the plain answer",
    async (model) => {
      const include = ['message.output_text.logprobs' as const];
      const body = { model, input: 'Hello', tools, include, top_logprobs: 1 };
      const plain = await client.responses.create(body);
      const stream = client.responses.stream(body);
      const folded = await stream.finalResponse();
      const hexOf = ({ id }: { id: string }) => id.replace('resp_', '');
      const text = JSON.stringify(folded, (name, value) =>
        name === 'parsed' || name === 'parsed_arguments' || name === 'output_parsed' ? undefined : value,
      ).replaceAll(hexOf(folded), hexOf(plain));
      const { created_at, completed_at = null, ...same } = plain;
      expect(JSON.parse(text)).toMatchObject(JSON.parse(JSON.stringify(same)));
      expect(created_at).toBeGreaterThan(0);
      expect(completed_at === null).toBe(model === 'cut');
      if (model !== 'cut' && model !== 'silent')
        expect(await client.responses.retrieve(folded.id)).toBeDefined();
    },
  );

  test('that fails ends with error and response.failed', async () => {
    const answer = await send('', input('broken', { stream: true }));
    // The whole text: the connection is not cut, because some clients then read no event.
    const events = toEvents(await answer.text()).map(({ event }) => event);
    expect(events.slice(-3)).toMatchObject([
      { type: 'response.output_text.delta' },
      { type: 'error', code: null, message: expect.stringContaining('error'), param: null },
      {
        type: 'response.failed',
        response: {
          status: 'failed',
          error: { code: 'server_error', message: expect.stringContaining('error') },
        },
      },
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
  });

  test('whose form is wrong fails in place of its end', async () => {
    const format = { type: 'json_object' };
    const answer = await send('', input('bad', { text: { format }, stream: true }));
    const events = toEvents(await answer.text()).map(({ event }) => event);
    expect(events.slice(-3)).toMatchObject([
      { type: 'response.output_text.delta' },
      { type: 'error', code: 'invalid_structured_output' },
      { type: 'response.failed' },
    ]);
    await eventually(() =>
      app.logLines().some(({ streamErrorCode }) => streamErrorCode === 'invalid_structured_output'),
    );
  });

  test('whose client leaves is aborted and not kept', async () => {
    const controller = new AbortController();
    const answer = await send('', input('endless', { stream: true }), { signal: controller.signal });
    const bytes = await answer.body?.getReader().read();
    const id = /resp_[0-9a-f]{32}/.exec(Buffer.from(bytes?.value ?? []).toString())?.[0];
    controller.abort();
    await eventually(() => app.backend('endless').running() === 0);
    expect(app.backend('endless').endings.at(-1)?.how).toBe('aborted');
    expect((await send(`/${id}`)).status).toBe(404);
  });
});
