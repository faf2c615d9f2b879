import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestApp } from '../start-test-app.ts';
import { readOpenApi } from './read-openapi.ts';
import type { Sent } from './requests.ts';
import { createResponseValidator, type ResponseValidator } from './response-validator.ts';
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

beforeAll(async () => {
  app = await startResponsesApp();
});

afterAll(() => app.close());

function send(path: string, body?: unknown, sent?: Sent): Promise<Response> {
  return sendTo(app, path, body, sent);
}

describe('refusals', () => {
  test.each<[object, string | null, string | null]>([
    [{}, 'missing_required_parameter', 'model'],
    [{ model: 'good' }, 'missing_required_parameter', 'input'],
    [input('good', { input: 7 }), 'invalid_type', 'input'],
    [input('good', { input: [] }), 'empty_array', 'input'],
    [input('good', { input: [7] }), 'invalid_type', 'input[0]'],
    [input('good', { input: [{ role: 'king', content: '' }] }), 'unsupported_value', 'input[0].role'],
    [input('good', { input: [{ type: 'compaction_trigger' }] }), 'unsupported_value', 'input[0].type'],
    [
      input('good', { input: [{ type: 'compaction', encrypted_content: 'gAAA' }] }),
      'invalid_type',
      'input[0].encrypted_content',
    ],
    [
      input('good', {
        input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'https://example.com/a.png' }] }],
      }),
      'unsupported_content',
      'input[0].content[0]',
    ],
    [
      input('good', { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'a' }] }] }),
      'invalid_type',
      'input[0].content[0].image_url',
    ],
    [
      input('good', { input: [{ role: 'system', content: [{ type: 'input_image', image_url: 'a' }] }] }),
      'unsupported_content',
      'input[0].content[0]',
    ],
    [
      input('good', {
        input: [{ type: 'function_call_output', call_id: 'a', output: [{ type: 'input_file' }] }],
      }),
      'unsupported_content',
      'input[0].output[0]',
    ],
    [
      input('good', { input: [{ type: 'function_call_output', call_id: 'a', output: '' }] }),
      'invalid_value',
      'input[0].call_id',
    ],
    [input('good', { input: [{ type: 'reasoning', summary: [] }] }), 'invalid_value', 'input'],
    [input('good', { input: [{ type: 'web_search_call', id: 'a' }] }), 'invalid_value', 'input'],
    [input('good', { background: true }), 'unsupported_parameter', 'background'],
    [input('good', { conversation: 'conv_1' }), 'unsupported_parameter', 'conversation'],
    [input('good', { prompt: { id: 'a' } }), 'unsupported_parameter', 'prompt'],
    [input('good', { truncation: 'all' }), 'unsupported_value', 'truncation'],
    [input('good', { seed: 1.5 }), 'invalid_type', 'seed'],
    [input('good', { seed: '7' }), 'invalid_type', 'seed'],
    [input('good', { seed: 2 ** 63 }), 'integer_above_max_value', 'seed'],
    [input('good', { seed: -(2 ** 64) }), 'integer_below_min_value', 'seed'],
    [input('good', { mirostat: 2 }), 'unsupported_parameter', 'mirostat'],
    [input('good', { max_tokens: 2 }), 'unsupported_parameter', 'max_tokens'],
    [input('good', { response_format: { type: 'text' } }), 'unsupported_parameter', 'response_format'],
    [input('good', { regex: 'a', text: { format: { type: 'json_object' } } }), 'invalid_value', 'regex'],
    [input('good', { regex: 'a', ignore_eos: true }), 'unsupported_parameter', 'ignore_eos'],
    [input('good', { min_tokens: 3, max_output_tokens: 2 }), 'invalid_value', 'min_tokens'],
    [input('good', { chat_template_kwargs: { messages: [] } }), 'invalid_value', 'chat_template_kwargs'],
    [input('good', { max_tool_calls: -1 }), 'integer_below_min_value', 'max_tool_calls'],
    [input('good', { input: [{ role: 'user', content: [] }] }), 'empty_array', 'input[0].content'],
    [input('good', { reasoning: { effort: 'huge' } }), 'unsupported_value', 'reasoning.effort'],
    [input('good', { reasoning: { summary: 'long' } }), 'unsupported_value', 'reasoning.summary'],
    [input('good', { text: { verbosity: 'huge' } }), 'unsupported_value', 'text.verbosity'],
    [input('good', { tools: [{ type: 'crystal_ball' }] }), 'unsupported_value', 'tools[0].type'],
    [input('good', { tools: [...tools, ...tools] }), 'invalid_value', 'tools[1].name'],
    [
      input('good', { tools, tool_choice: { type: 'function', name: 'b' } }),
      'invalid_value',
      'tool_choice.name',
    ],
    [
      input('good', {
        tools,
        tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'b' }] },
      }),
      'invalid_value',
      'tool_choice.tools[0].name',
    ],
    [input('good', { tool_choice: 'required' }), 'invalid_value', 'tool_choice'],
    [input('good', { max_output_tokens: 0 }), 'integer_below_min_value', 'max_output_tokens'],
    [input('good', { top_logprobs: 2 }), 'invalid_value', 'top_logprobs'],
    [input('good', { include: ['everything'] }), 'unsupported_value', 'include[0]'],
    [input('good', { stream_options: {} }), 'invalid_value', 'stream_options'],
    [input('good', { metadata: { a: 1 } }), 'invalid_type', 'metadata'],
    [
      input('good', {
        text: { format: { type: 'json_schema', name: 'a', schema: { 'x-unsupported': 'a' }, strict: true } },
      }),
      'unsupported_schema',
      'text.format.schema.a',
    ],
    [
      input('good', { tools: [{ ...tools[0], strict: true, parameters: { 'x-unsupported': 'a' } }] }),
      'unsupported_schema',
      'tools[0].parameters.a',
    ],
  ])('%j', async (body, code, param) => {
    for (const stream of [false, true]) {
      const sent = 'stream_options' in body ? body : { ...body, stream };
      expect(await readError(send('', sent))).toEqual({ status: 400, code, param });
    }
  });

  test('of a prompt that is too long: a plain answer has the status, and a stream ends with a failed response', async () => {
    const message =
      "This model's maximum context length is 10 tokens. However, your messages resulted in 20 tokens. Please reduce the length of the messages.";
    const body = input('long', { store: true, temperature: 0.5 });
    expect(await readError(send('', body))).toEqual({
      status: 400,
      code: 'context_length_exceeded',
      param: 'input',
    });
    const streamed = await send('', { ...body, stream: true, unknown: 1 });
    expect(streamed.status).toBe(200);
    expect(streamed.headers.get('x-ignored-params')).toBe('unknown');
    // The whole text: the connection is not cut, because some clients then read no event.
    const events = toEvents(await streamed.text()).map(({ event }) => event);
    expect(events).toMatchObject([
      { type: 'response.created', response: { status: 'in_progress', temperature: 0.5, store: false } },
      { type: 'response.in_progress' },
      { type: 'error', code: 'context_length_exceeded', param: 'input', message },
      {
        type: 'response.failed',
        sequence_number: 3,
        response: {
          status: 'failed',
          error: { code: 'context_length_exceeded', message },
          output: [],
          usage: null,
        },
      },
    ]);
    const { id } = Object(events[0]?.['response']);
    expect((await send(`/${id}`)).status).toBe(404);
    await expect.poll(() => app.usages().at(-1)).toMatchObject({ outcome: 'refused' });
  });

  test('of an unknown model, an unknown response and a full queue', async () => {
    expect(await readError(send('', input('nobody')))).toMatchObject({ status: 404, param: 'model' });
    expect(await readError(send('', input('good', { previous_response_id: 'resp_none' })))).toEqual({
      status: 404,
      code: 'response_not_found',
      param: 'previous_response_id',
    });
    const busy = await send('', input('busy'));
    expect(busy.headers.get('retry-after')).toBe('2');
    expect(await readError(busy)).toMatchObject({ status: 503, code: 'overloaded' });
  });

  test('of bodies that are none', async () => {
    expect(await readError(send('', '[]'))).toEqual({ status: 400, code: 'invalid_type', param: null });
    expect(await readError(send('', '{'))).toEqual({ status: 400, code: null, param: null });
    expect(await readError(send('', ''))).toEqual({ status: 400, code: null, param: null });
  });

  test('of what would be ignored, where that is not wanted; else it is named', async () => {
    const body = input('good', {
      unknown: 1,
      safety_identifier: 'me',
      include: ['file_search_call.results'],
      text: { colour: 1, format: { type: 'text', size: 1 } },
      tools: [{ ...tools[0], colour: 1 }],
      input: [{ role: 'user', content: [{ type: 'input_text', text: 'a', colour: 1 }], colour: 1 }],
    });
    expect((await send('', body)).headers.get('x-ignored-params')).toBe(
      'unknown, text.colour, text.format.size, include[0], tools[0].colour, input[0].colour, input[0].content[0].colour',
    );
    const strict = { headers: { 'x-compat': 'strict' } };
    expect(await readError(send('', body, strict))).toEqual({
      status: 400,
      code: 'unsupported_parameter',
      param: 'unknown',
    });
  });
});

test('every answer and every event is one that the document describes', async () => {
  const document = await readOpenApi(app);
  const find = (template: string, method: string): ResponseValidator =>
    createResponseValidator(document, document.paths[`/v1/inference/responses${template}`]![method]!);
  const findFault = find('', 'post');
  const include = ['message.output_text.logprobs'];
  for (const model of ['good', 'cut', 'silent', 'thinking', 'scored', 'long']) {
    const plain = await send('', input(model, { include, top_logprobs: 1 }));
    const value = await toJson(plain);
    expect(findFault(plain.status, 'application/json', value), model).toBeUndefined();
    if (plain.status !== 200) continue;
    const stream = await send('', input(model, { include, top_logprobs: 1, stream: true }));
    for (const { event } of toEvents(await stream.text())) {
      expect(findFault(200, 'text/event-stream', event), JSON.stringify(event)).toBeUndefined();
    }
    const kept = await toJson(send(`/${value.id}`));
    expect(find('/{response_id}', 'get')(200, 'application/json', kept)).toBeUndefined();
    const removed = await toJson(send(`/${value.id}`, undefined, { method: 'DELETE' }));
    expect(find('/{response_id}', 'delete')(200, 'application/json', removed)).toBeUndefined();
  }
});
