// Failures of Anthropic's Messages API, and of everything before it, in Anthropic's form.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anthropicErrorTypes } from '../../src/protocol/anthropic/shared/error-body.ts';
import { chatCapabilities } from '../create-routed-model.ts';
import type { TestApp } from '../start-test-app.ts';
import { openRawConnection, readAny, type Sent, sendRawRequest } from './requests.ts';
import { ask, sendMessage, startMessagesApp, tools } from './scripted-messages.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startMessagesApp({
    limits: { bodyBytesMax: 20_000, bodyMsMax: 2000 },
    facts: { json: { capabilities: { ...chatCapabilities, reasoning: false } } },
  });
});

afterAll(() => app.close());

/** Asserts the form, and returns what the tests look at. */
async function readFailure(answer: Response) {
  const body = await readAny(answer);
  expect(Object.keys(body).sort()).toEqual(['error', 'request_id', 'type']);
  expect(body.type).toBe('error');
  expect(anthropicErrorTypes).toContain(body.error.type);
  expect(body.request_id).toBe(answer.headers.get('request-id'));
  const { type, message, details = {} } = body.error;
  return { status: answer.status, type, message, code: details.error_code, param: details.param };
}

const user = { role: 'user', content: 'Hello' };
const calls = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] };
const webSearch = { type: 'web_search_20250305', name: 'web_search' };

describe('a request that is wrong', () => {
  test.each([
    [{ model: 'good', messages: [user] }, 'max_tokens', 'missing_required_parameter'],
    [{ model: 'good', max_tokens: 5 }, 'messages', 'missing_required_parameter'],
    [ask('good', { messages: [] }), 'messages', 'empty_array'],
    [ask('good', { max_tokens: -1 }), 'max_tokens', 'integer_below_min_value'],
    [ask('good', { temperature: 3 }), 'temperature', 'decimal_above_max_value'],
    [ask('good', { messages: [{ role: 'robot', content: '' }] }), 'messages[0].role', 'unsupported_value'],
    [
      ask('good', { messages: [{ role: 'user', content: [{ type: 'video' }] }] }),
      'messages[0].content[0].type',
      'unsupported_value',
    ],
    [
      ask('good', {
        messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'a' } }] }],
      }),
      'messages[0].content[0].source.type',
      'unsupported_value',
    ],
    [
      ask('good', {
        messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'base64', data: 'a' } }] }],
      }),
      'messages[0].content[0].source.type',
      'unsupported_value',
    ],
    [
      ask('good', {
        messages: [user, { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] }],
      }),
      'messages[1].content[0].tool_use_id',
      'invalid_value',
    ],
    [ask('good', { messages: [user, calls] }), 'messages', 'invalid_value'],
    [ask('good', { tools: [{ name: 'f' }] }), 'tools[0].input_schema', 'missing_required_parameter'],
    [
      ask('good', { tools: [webSearch, { type: 'function', name: 'f' }] }),
      'tools[1].type',
      'unsupported_value',
    ],
    [ask('good', { tools: [...tools, ...tools] }), 'tools[1].name', 'invalid_value'],
    [ask('good', { tool_choice: { type: 'any' } }), 'tool_choice', 'invalid_value'],
    [ask('good', { tools: [webSearch], tool_choice: { type: 'any' } }), 'tool_choice', 'invalid_value'],
    [
      ask('good', { tools: [webSearch, ...tools], tool_choice: { type: 'tool', name: 'web_search' } }),
      'tool_choice.name',
      'invalid_value',
    ],
    [ask('good', { tools, tool_choice: { type: 'tool', name: 'g' } }), 'tool_choice.name', 'invalid_value'],
    [ask('good', { tools, tool_choice: 'auto' }), 'tool_choice', 'invalid_type'],
    [
      ask('good', {
        tools,
        tool_choice: { type: 'any' },
        messages: [user, { role: 'assistant', content: 'I' }],
      }),
      'tool_choice',
      'invalid_value',
    ],
    [ask('good', { thinking: { type: 'enabled' } }), 'thinking.budget_tokens', 'missing_required_parameter'],
    [ask('good', { output_config: { effort: 'huge' } }), 'output_config.effort', 'unsupported_value'],
    [
      ask('good', { output_config: { format: { type: 'xml' } } }),
      'output_config.format.type',
      'unsupported_value',
    ],
    [
      ask('good', {
        output_config: { format: { type: 'json_schema', schema: {} } },
        output_format: { type: 'json_schema', schema: {} },
      }),
      'output_format',
      'invalid_value',
    ],
    [[], undefined, 'invalid_type'],
  ])('%j: %s', async (body, param, code) => {
    const failure = await readFailure(await sendMessage(app, body));
    expect(failure).toMatchObject({ status: 400, type: 'invalid_request_error', code });
    expect(failure.param).toBe(param);
  });

  test('is answered once for many problems, and never long', async () => {
    const messages = Array.from({ length: 500 }, () => ({ role: 'user', content: 7 }));
    const answer = await sendMessage(app, ask('good', { messages }));
    const { message } = await readFailure(answer);
    expect(message).toContain('Only the first 10 problems are named.');
  });
});

describe('a failure of the service', () => {
  test.each([
    ['nobody', 404, 'not_found_error'],
    ['busy', 529, 'overloaded_error'],
    ['long', 400, 'invalid_request_error'],
    ['broken', 500, 'api_error'],
  ])('%s is %i %s', async (model, status, type) => {
    expect(await readFailure(await sendMessage(app, ask(model)))).toMatchObject({ status, type });
  });

  test('says when to come back', async () => {
    const answer = await sendMessage(app, ask('busy'));
    expect(answer.headers.get('retry-after')).toBe('2');
    expect((await sendMessage(app, ask('nobody'))).headers.get('x-should-retry')).toBe('false');
  });

  test('names a prompt that is too long in the words that agents look for', async () => {
    const { message, code, param } = await readFailure(await sendMessage(app, ask('long')));
    expect(message).toBe('prompt is too long: 20 tokens > 10 maximum');
    expect([code, param]).toEqual(['context_length_exceeded', 'messages']);
  });

  test('names the block that a model can not read, where it stands', async () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } };
    const inUser = [{ role: 'user', content: [{ type: 'text', text: 'Look' }, image] }];
    const failure = await readFailure(await sendMessage(app, ask('good', { messages: inUser })));
    expect(failure).toMatchObject({
      status: 400,
      code: 'unsupported_content',
      param: 'messages[0].content[1]',
    });
  });

  test('is a limit of the key, with the headers that say so', async () => {
    const { key } = await app.keys.create({ name: 'limited', limits: { requestsPerMinute: 1 } });
    const headers = { 'x-api-key': key };
    const first = await sendMessage(app, ask('good'), { headers });
    expect(first.headers.get('anthropic-ratelimit-requests-limit')).toBe('1');
    expect(first.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0');
    await first.text();
    const second = await sendMessage(app, ask('good'), { headers });
    expect(await readFailure(second)).toMatchObject({ status: 429, type: 'rate_limit_error' });
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    const reset = second.headers.get('anthropic-ratelimit-requests-reset') ?? '';
    expect(Date.parse(reset)).toBeGreaterThan(Date.now());
  });
});

describe('what has no effect', () => {
  const idle = {
    tools: [webSearch, { ...tools[0], eager_input_streaming: true }],
    context_management: { edits: [] },
    inference_geo: null,
    speed: 'standard',
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' }, new: 1 }] },
      { role: 'assistant', content: [{ type: 'redacted_thinking', data: 'a' }] },
      user,
    ],
  };
  const names = [
    'tools[0]',
    'context_management',
    'tools[1].eager_input_streaming',
    'messages[0].content[0].new',
    'messages[1].content[0]',
  ];

  test('is named', async () => {
    const answer = await sendMessage(app, ask('good', idle));
    expect([answer.status, answer.headers.get('x-ignored-params')]).toEqual([200, names.join(', ')]);
    const asked = app.backend('good').requests.at(-1);
    expect(asked?.toolUse?.tools.map(({ name }) => name)).toEqual(['get_weather']);
  });

  test('is refused with strict compatibility, a tool by its type', async () => {
    const failure = await readFailure(
      await sendMessage(app, ask('good', idle), { headers: { 'x-compat': 'strict' } }),
    );
    expect(failure).toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'tools[0]' });
    expect(failure.message).toContain("'web_search_20250305'");
    expect(failure.message).toContain("'messages[0].content[0].new'");
  });

  test('may be an effort for a model that does not reason', async () => {
    const answer = await sendMessage(app, ask('json', { output_config: { effort: 'max' } }));
    expect(answer.headers.get('x-ignored-params')).toBe('output_config.effort');
  });
});

describe('a failure before the endpoint', () => {
  const raw = (lines: readonly string[], body = '') =>
    sendRawRequest(app, `${lines.join('\r\n')}\r\nConnection: close\r\n\r\n${body}`);

  test.each([
    ['no key', { headers: { 'x-api-key': '' } }, 401, 'authentication_error'],
    ['a wrong key', { headers: { 'x-api-key': 'sk-wrong' } }, 401, 'authentication_error'],
    ['malformed JSON', { body: '{"model":' }, 400, 'invalid_request_error'],
    ['an empty body', { body: '' }, 400, 'invalid_request_error'],
    [
      'another content type',
      { body: 'a', headers: { 'content-type': 'text/plain' } },
      415,
      'invalid_request_error',
    ],
    ['a body that is too large', { body: `"${'a'.repeat(30_000)}"` }, 413, 'request_too_large'],
    ['a wrong method', { method: 'DELETE', body: undefined }, 405, 'invalid_request_error'],
    ['batches', { path: '/batches' }, 404, 'not_found_error'],
    ['batches in malformed JSON', { path: '/batches', body: '{' }, 404, 'not_found_error'],
    [
      'batches that are too large',
      { path: '/batches', body: `"${'a'.repeat(30_000)}"` },
      404,
      'not_found_error',
    ],
    [
      'batches in another content type',
      { path: '/batches', body: 'a', headers: { 'content-type': 'multipart/form-data; boundary=a' } },
      404,
      'not_found_error',
    ],
    ['a batch', { path: '/batches/msgbatch_1', method: 'GET', body: undefined }, 404, 'not_found_error'],
    ['a URL with a broken escape', { path: '/%zz' }, 404, 'not_found_error'],
  ])('%s', async (_name, sent, status, type) => {
    const { body, path = '', ...more }: Sent & { body?: unknown; path?: string } = sent;
    const failure = await readFailure(
      await sendMessage(app, 'body' in sent ? body : ask('good'), more, path),
    );
    expect(failure).toMatchObject({ status, type });
  });

  test('two keys that differ are none, and one twice is one', async () => {
    const { key } = await app.keys.create({ name: 'another' });
    const twoKeys = { 'x-api-key': key, authorization: `Bearer ${app.key}` };
    expect((await readFailure(await sendMessage(app, ask('good'), { headers: twoKeys }))).status).toBe(401);
    const sameKeys = { 'x-api-key': app.key, authorization: `Bearer ${app.key}` };
    expect((await sendMessage(app, ask('good'), { headers: sameKeys })).status).toBe(200);
    const other = { 'x-api-key': app.key, authorization: 'Basic YTpi' };
    expect((await readFailure(await sendMessage(app, ask('good'), { headers: other }))).status).toBe(401);
  });

  test('a key without the scope', async () => {
    const { key } = await app.keys.create({ name: 'metrics', scopes: ['metrics'] });
    const failure = await readFailure(await sendMessage(app, ask('good'), { headers: { 'x-api-key': key } }));
    expect(failure).toMatchObject({ status: 403, type: 'permission_error' });
  });

  test('headers that are too large, and no host', async () => {
    const large = await raw(['POST /v1/messages HTTP/1.1', 'Host: a', `A: ${'a'.repeat(20_000)}`]);
    expect(await readFailure(large)).toMatchObject({ status: 431, type: 'request_too_large' });
    const hostless = await raw(['POST /v1/inference/messages HTTP/1.1', 'A: b']);
    expect(await readFailure(hostless)).toMatchObject({ status: 400, type: 'invalid_request_error' });
  });

  test('a body that does not arrive', async () => {
    const { socket, closed } = openRawConnection(app.port);
    const head = ['POST /v1/messages HTTP/1.1', 'Host: a', `x-api-key: ${app.key}`, 'Content-Length: 10'];
    socket.write(`${head.join('\r\n')}\r\nContent-Type: application/json\r\n\r\n{`);
    const [first = '', body = ''] = (await closed).split('\r\n\r\n');
    expect(first).toMatch(/^HTTP\/1.1 408/);
    expect(JSON.parse(body)).toMatchObject({ type: 'error', error: { type: 'timeout_error' } });
  });

  test('other paths keep their form, and shared ones have it for clients of Anthropic', async () => {
    const get = (path: string, version: boolean) =>
      fetch(`${app.url}${path}`, {
        headers: {
          authorization: `Bearer ${app.key}`,
          ...(version ? { 'anthropic-version': '2023-06-01' } : {}),
        },
      });
    for (const path of ['files', 'skills?beta=true', 'complete', 'organizations/me', 'sessions/a/events'])
      expect(await readFailure(await get(`/v1/${path}`, true))).toMatchObject({ status: 404 });
    expect(await readFailure(await get('/v1/models/nobody', true))).toMatchObject({ status: 404 });
    expect(Object.keys(await readAny(await get('/v1/files', false)))).toEqual(['error']);
    expect(Object.keys(await readAny(await get('/v1/messagesx', true)))).toEqual(['error']);
    expect(Object.keys(await readAny(await get('/v1/chat/nothing', true)))).toEqual(['error']);
  });
});
