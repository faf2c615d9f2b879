import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackendError, createContextOverflowError } from '../../src/backend/backend-error.ts';
import { refuse, sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { type ErrorRow, expectErrorAnswer } from './expect-error-answer.ts';
import { chatBody, openRawConnection, postChat, readJson } from './requests.ts';

const secretCause = 'EACCES: /srv/models/secret.gguf at 10.1.2.3';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      good: sayTexts('Hi'),
      overflow: refuse(createContextOverflowError(2048, 5000)),
      overloaded: refuse(
        new BackendError('overloaded', 'The server is busy: its queue is full.', { retryAfterMs: 2300 }),
      ),
      loading: refuse(
        new BackendError('model_loading', 'The model took too long to load.', { retryAfterMs: 10 }),
      ),
      crashed: refuse(
        new BackendError('engine_crashed', 'The engine crashed while it worked on this request.', {
          retryAfterMs: 250,
          cause: new Error(secretCause),
        }),
      ),
      'no-thoughts': refuse(new BackendError('unsupported_reasoning', 'The model does not think.')),
      'no-variable': refuse(new BackendError('unsupported_template_variable', 'There is no such variable.')),
      'no-token': refuse(new BackendError('unknown_stop_token', 'There is no such token.')),
      'no-memory': refuse(new BackendError('insufficient_memory', 'The model does not fit into memory.')),
      'too-long': refuse(new BackendError('timeout', 'The request took longer than 60 seconds.')),
      broken: refuse(new Error(secretCause)),
      'thrown-text': refuse(secretCause),
    },
  });
});

afterAll(() => app.close());

const expectError = (answer: Response, row: ErrorRow) => expectErrorAnswer(app, answer, row);

const invalid = { status: 400, type: 'invalid_request_error', shouldRetry: false } as const;

describe('a body that is no request', () => {
  test.each([
    ['malformed JSON', '{"model": "good", '],
    ['an empty body', ''],
    ['blanks', '   '],
    ['two documents', '{}{}'],
    ['a number that JSON lacks', '{"model":"good","temperature":NaN}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['a request with a letter that is no UTF-8', Buffer.from(chatBody('good', { user: 'é' }), 'latin1')],
  ])('%s', async (_name, body) => {
    await expectError(await postChat(app, body), { ...invalid, code: null, param: null });
  });

  test('no body and no content type', async () => {
    const answer = await fetch(`${app.url}/v1/inference/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.key}` },
    });
    await expectError(answer, { ...invalid, code: null, param: null });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream', 'nonsense'])(
    'content type %s',
    async (type) => {
      const answer = await postChat(app, chatBody('good'), { headers: { 'content-type': type } });
      await expectError(answer, { ...invalid, status: 415, code: null, param: null });
    },
  );

  test('a compressed body', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const answer = await postChat(app, gzipSync(chatBody('good')), { headers });
    await expectError(answer, {
      ...invalid,
      status: 415,
      code: null,
      param: null,
      message: 'The request body must not be compressed.',
    });
  });

  test('a request without a host', async () => {
    const { socket, until } = openRawConnection(app.port);
    socket.write('GET /v1/models HTTP/1.1\r\n\r\n');
    const answer = await until(/}}$/);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('The request has no Host header.');
    socket.destroy();
  });

  test.each(['application/json; charset=utf-8', 'APPLICATION/JSON'])('%s is taken', async (type) => {
    const answer = await postChat(app, chatBody('good'), { headers: { 'content-type': type } });
    expect(answer.status).toBe(200);
  });

  test.each([['[]'], ['"text"'], ['7'], ['true'], ['null']])(
    'JSON that is not an object: %s',
    async (body) => {
      await expectError(await postChat(app, body), { ...invalid, code: 'invalid_type', param: null });
    },
  );
});

describe('a field that can not be taken', () => {
  const messages = [{ role: 'user', content: 'Hello' }];
  test.each([
    ['no model', { messages }, 'missing_required_parameter', 'model'],
    ['no messages', { model: 'good' }, 'missing_required_parameter', 'messages'],
    ['messages empty', { model: 'good', messages: [] }, 'empty_array', 'messages'],
    ['messages a text', { model: 'good', messages: 'Hello' }, 'invalid_type', 'messages'],
    ['a message a text', { model: 'good', messages: ['Hello'] }, 'invalid_type', 'messages[0]'],
    [
      'role unknown',
      { model: 'good', messages: [{ role: 'wizard', content: 'x' }] },
      'unsupported_value',
      'messages[0].role',
    ],
    [
      'role missing',
      { model: 'good', messages: [{ content: 'x' }] },
      'missing_required_parameter',
      'messages[0].role',
    ],
    [
      'content null',
      { model: 'good', messages: [{ role: 'user', content: null }] },
      'invalid_type',
      'messages[0].content',
    ],
    [
      'content missing',
      { model: 'good', messages: [{ role: 'user' }] },
      'missing_required_parameter',
      'messages[0].content',
    ],
    [
      'content a number',
      { model: 'good', messages: [{ role: 'user', content: 7 }] },
      'invalid_type',
      'messages[0].content',
    ],
    [
      'an image',
      {
        model: 'good',
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }],
      },
      'unsupported_content',
      'messages[0].content[0]',
    ],
    ['model a number', { model: 7, messages }, 'invalid_type', 'model'],
    ['model empty', { model: '', messages }, 'empty_string', 'model'],
    ['temperature a text', { model: 'good', messages, temperature: 'hot' }, 'invalid_type', 'temperature'],
    [
      'temperature 2.1',
      { model: 'good', messages, temperature: 2.1 },
      'decimal_above_max_value',
      'temperature',
    ],
    [
      'temperature -1',
      { model: 'good', messages, temperature: -1 },
      'decimal_below_min_value',
      'temperature',
    ],
    ['top_p 1.5', { model: 'good', messages, top_p: 1.5 }, 'decimal_above_max_value', 'top_p'],
    ['top_p a list', { model: 'good', messages, top_p: [] }, 'invalid_type', 'top_p'],
    ['seed 1.5', { model: 'good', messages, seed: 1.5 }, 'invalid_type', 'seed'],
    ['seed a text', { model: 'good', messages, seed: '7' }, 'invalid_type', 'seed'],
    ['stop a number', { model: 'good', messages, stop: 7 }, 'invalid_type', 'stop'],
    ['stop empty', { model: 'good', messages, stop: '' }, 'empty_string', 'stop'],
    ['stop of numbers', { model: 'good', messages, stop: ['a', 7] }, 'invalid_type', 'stop[1]'],
    ['max_tokens 0', { model: 'good', messages, max_tokens: 0 }, 'integer_below_min_value', 'max_tokens'],
    ['max_tokens a text', { model: 'good', messages, max_tokens: '9' }, 'invalid_type', 'max_tokens'],
    [
      'max_completion_tokens -1',
      { model: 'good', messages, max_completion_tokens: -1 },
      'integer_below_min_value',
      'max_completion_tokens',
    ],
    ['stream a text', { model: 'good', messages, stream: 'yes' }, 'invalid_type', 'stream'],
    [
      'stream_options a list',
      { model: 'good', messages, stream: true, stream_options: [] },
      'invalid_type',
      'stream_options',
    ],
    [
      'include_usage a number',
      { model: 'good', messages, stream: true, stream_options: { include_usage: 1 } },
      'invalid_type',
      'stream_options.include_usage',
    ],
    [
      'stream_options without stream',
      { model: 'good', messages, stream_options: { include_usage: true } },
      'invalid_value',
      'stream_options',
    ],
    ['n 17', { model: 'good', messages, n: 17 }, 'integer_above_max_value', 'n'],
    [
      'tools',
      { model: 'good', messages, tools: [{ type: 'custom', custom: { name: 'f' } }] },
      'unsupported_value',
      'tools[0].type',
    ],
    ['top_logprobs', { model: 'good', messages, top_logprobs: 5 }, 'invalid_value', 'top_logprobs'],
    [
      'response_format',
      { model: 'good', messages, response_format: { type: 'xml' } },
      'unsupported_value',
      'response_format.type',
    ],
  ])('%s', async (_name, body, code, param) => {
    await expectError(await postChat(app, JSON.stringify(body)), { ...invalid, code, param });
  });

  test('huge numbers, as JSON can spell them', async () => {
    for (const [spelled, code] of [
      ['1e400', 'integer_above_max_value'],
      ['-1e400', 'integer_below_min_value'],
    ] as const) {
      const body = `{"model":"good","messages":[{"role":"user","content":"x"}],"max_tokens":${spelled}}`;
      await expectError(await postChat(app, body), { ...invalid, code, param: 'max_tokens' });
    }
  });

  test('a thousand bad messages are answered with ten problems, each quoting little', async () => {
    const messages = Array.from({ length: 1000 }, () => ({ role: 'x'.repeat(5000), content: 'x' }));
    const answer = await postChat(app, JSON.stringify({ model: 'good', messages }));
    await expectError(answer, {
      ...invalid,
      code: 'unsupported_value',
      param: 'messages[0].role',
    });
  });
});

describe('what the service refuses', () => {
  test.each([false, true])('each row of the table, stream: %s', async (stream) => {
    const post = (model: string) => postChat(app, chatBody(model, { stream }));
    await expectError(await post('nobody'), {
      ...invalid,
      status: 404,
      code: 'model_not_found',
      param: 'model',
      message: "The model 'nobody' does not exist or you do not have access to it.",
    });
    await expectError(await post('overflow'), {
      ...invalid,
      code: 'context_length_exceeded',
      param: 'messages',
      message:
        "This model's maximum context length is 2048 tokens. However, your messages resulted in 5000 tokens. Please reduce the length of the messages.",
    });
    for (const [model, code, param] of [
      ['no-thoughts', 'unsupported_parameter', 'reasoning_effort'],
      ['no-variable', 'unsupported_parameter', 'chat_template_kwargs'],
      ['no-token', 'invalid_value', 'stop_token_ids'],
    ] as const) {
      await expectError(await post(model), { ...invalid, code, param });
    }
    const server = { type: 'server_error', param: null, shouldRetry: true } as const;
    await expectError(await post('overloaded'), {
      ...server,
      status: 503,
      code: 'overloaded',
      retryAfter: '3',
    });
    await expectError(await post('loading'), {
      ...server,
      status: 503,
      code: 'model_loading',
      retryAfter: '1',
    });
    await expectError(await post('crashed'), {
      ...server,
      status: 503,
      code: 'engine_crashed',
      retryAfter: '1',
    });
    await expectError(await post('no-memory'), {
      ...server,
      status: 503,
      code: 'insufficient_memory',
      param: 'model',
      shouldRetry: false,
    });
    await expectError(await post('too-long'), {
      ...server,
      status: 504,
      code: 'timeout',
      shouldRetry: false,
    });
  });

  test('the unexpected is 500 without a word of its cause, which the log has', async () => {
    for (const model of ['broken', 'thrown-text']) {
      await expectError(await postChat(app, chatBody(model)), {
        status: 500,
        type: 'server_error',
        code: null,
        param: null,
        shouldRetry: true,
        message: 'The server had an error while processing your request.',
      });
    }
    expect(app.logText()).toContain('secret.gguf');
  });

  test('a name that is long and odd is quoted short', async () => {
    const answer = await postChat(app, chatBody('🦙'.repeat(120)));
    await expectError(answer, { ...invalid, status: 404, code: 'model_not_found', param: 'model' });
  });
});

test('a request that takes longer than its limit is 504', async () => {
  const slow = await startTestApp({
    models: { slow: () => [{ type: 'wait-for-abort' }] },
    requestMsMax: 150,
  });
  const answer = await postChat(slow, chatBody('slow'));
  expect(answer.status).toBe(504);
  expect((await readJson(answer)).error).toMatchObject({ type: 'server_error', code: 'timeout' });
  await expect.poll(() => slow.backend('slow').endings).toMatchObject([{ how: 'aborted' }]);
  await slow.close();
});

test('a store that fails is 500 and not 401', async () => {
  const broken = await startTestApp({
    models: { good: sayTexts('Hi') },
    wrapKeyStore: (store) => ({ ...store, findOwned: () => Promise.reject(new Error(secretCause)) }),
  });
  const answer = await postChat(broken, chatBody('good'));
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('secret.gguf');
  await broken.close();
});
