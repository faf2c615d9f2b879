// Anthropic's JavaScript SDK over a scripted model: what its user gets is known to the letter.
import Anthropic, {
  AuthenticationError,
  BadRequestError,
  ContentTooLargeError,
  NotFoundError,
  OverloadedError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ask, startMessagesApp, tools } from '../http/scripted-messages.ts';
import type { TestApp } from '../start-test-app.ts';

let app: TestApp;
let client: Anthropic;

beforeAll(async () => {
  app = await startMessagesApp({ limits: { bodyBytesMax: 20_000 } });
  client = createClient(app.key);
});

afterAll(() => app.close());

function createClient(apiKey: string, path = ''): Anthropic {
  return new Anthropic({ apiKey, baseURL: `${app.url}${path}`, maxRetries: 0 });
}

const models = ['good', 'silent', 'cut', 'stopped', 'filtered', 'calling', 'thinking', 'uncounted'] as const;

test.each(models)('its stream folds into the plain answer of %s', async (model) => {
  const params = ask(model, { tools, stop_sequences: ['upon'] });
  const whole = await client.messages.create(params);
  const streamed = await client.messages.stream(params).finalMessage();
  const essence = (message: object) =>
    JSON.parse(JSON.stringify({ ...message, id: undefined, parsed_output: undefined }));
  expect(essence(streamed)).toEqual(essence(whole));
});

test('its raw stream has the texts as they are made, and its request id', async () => {
  const { data, request_id: requestId } = await client.messages
    .create({ ...ask('good'), stream: true })
    .withResponse();
  const texts: string[] = [];
  for await (const event of data) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
      texts.push(event.delta.text);
  }
  expect(texts).toEqual(['Hel', 'lo']);
  expect(requestId).toMatch(/^req_/);
});

test('a key as a bearer token, and a base URL with a path', async () => {
  const bearer = new Anthropic({ apiKey: null, authToken: app.key, baseURL: app.url, maxRetries: 0 });
  expect((await bearer.messages.create(ask('good'))).stop_reason).toBe('end_turn');
  const based = createClient(app.key, '/v1/inference');
  expect((await based.beta.messages.create(ask('good'))).stop_reason).toBe('end_turn');
});

test('a tool goes round: its call, its result, the answer', async () => {
  const params = ask('calling', { tools });
  const first = await client.messages.create(params);
  expect(first.stop_reason).toBe('tool_use');
  const results = first.content.flatMap((block) =>
    block.type === 'tool_use'
      ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: `Rain for ${block.name}` }]
      : [],
  );
  const second = await client.messages.create({
    ...ask('good', { tools }),
    messages: [
      ...params.messages,
      { role: 'assistant', content: first.content },
      { role: 'user', content: results },
    ],
  });
  expect(second.content).toMatchObject([{ type: 'text', text: 'Hello' }]);
  expect(app.backend('good').requests.at(-1)?.prompt).toMatchObject({
    messages: [
      { role: 'user' },
      {
        role: 'assistant',
        toolCalls: [{ id: 'toolu_0', argumentsText: '{"city":"Paris"}' }, { id: 'toolu_1' }],
      },
      { role: 'tool', toolCallId: 'toolu_0' },
      { role: 'tool', toolCallId: 'toolu_1' },
    ],
  });
});

test('its structured outputs are parsed', async () => {
  const message = await client.messages.parse({
    ...ask('json'),
    output_config: { format: zodOutputFormat(z.object({ a: z.number() })) },
  });
  expect(message.parsed_output).toEqual({ a: 1 });
});

test('its count of tokens is the prompt', async () => {
  const { model, messages } = ask('good');
  const count = await client.messages.countTokens({ model, messages, system: 'Be kind.' });
  expect(count.input_tokens).toBe('Be kind.Hello'.length);
});

test('its list of models comes in pages', async () => {
  const names: string[] = [];
  for await (const { id, type, created_at } of client.models.list({ limit: 3 })) {
    expect([type, Number.isNaN(Date.parse(created_at))]).toEqual(['model', false]);
    names.push(id);
  }
  expect(names).toHaveLength(new Set(names).size);
  expect(names).toEqual(expect.arrayContaining([...models]));
  expect(await client.models.retrieve('good')).toMatchObject({ id: 'good', display_name: 'good' });
  const page = await client.models.list({ before_id: names[4]!, limit: 2 });
  expect(page.data.map(({ id }) => id)).toEqual(names.slice(2, 4));
  await expect(client.models.list({ after_id: 'nobody' })).rejects.toBeInstanceOf(BadRequestError);
});

describe('its errors', () => {
  const reject = (params: object, by = client) =>
    by.messages.create(params as Anthropic.MessageCreateParamsNonStreaming).then(
      () => undefined,
      (error: unknown) => error,
    );

  test.each([
    [
      'a wrong request',
      () => reject({ ...ask('good'), max_tokens: 'many' }),
      BadRequestError,
      'invalid_request_error',
    ],
    [
      'a wrong key',
      () => reject(ask('good'), createClient('sk-wrong')),
      AuthenticationError,
      'authentication_error',
    ],
    ['an unknown model', () => reject(ask('nobody')), NotFoundError, 'not_found_error'],
    [
      'a large body',
      () => reject(ask('good', { system: 'a'.repeat(30_000) })),
      ContentTooLargeError,
      'request_too_large',
    ],
    ['an overload', () => reject(ask('busy')), OverloadedError, 'overloaded_error'],
    ['a prompt that is too long', () => reject(ask('long')), BadRequestError, 'invalid_request_error'],
  ])('%s', async (_name, fail, kind, type) => {
    const error = await fail();
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ type, requestID: expect.stringMatching(/^req_/) });
  });

  test('have the code of the other APIs', async () => {
    const error = await reject(ask('long'));
    expect(error).toMatchObject({
      errorCode: 'context_length_exceeded',
      apiMessage: 'prompt is too long: 20 tokens > 10 maximum',
    });
  });

  test('a limit, with what it says of the next try', async () => {
    const { key } = await app.keys.create({ name: 'limited', limits: { requestsPerMinute: 1 } });
    const limited = createClient(key);
    await limited.messages.create(ask('good'));
    const error = await reject(ask('good'), limited);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(Number((error as RateLimitError).headers?.get('retry-after'))).toBeGreaterThan(0);
  });

  test('a stream that breaks', async () => {
    const stream = client.messages.stream(ask('crashing'));
    await expect(stream.finalMessage()).rejects.toMatchObject({ type: 'api_error' });
  });
});

test('an overload is tried again, and what can not be mended is not', async () => {
  const retrying = createClient(app.key).withOptions({ maxRetries: 1 });
  const before = app.backend('long').requests.length;
  await expect(retrying.messages.create(ask('long'))).rejects.toBeInstanceOf(BadRequestError);
  expect(app.backend('long').requests).toHaveLength(before + 1);
  const busy = app.backend('busy').requests.length;
  await expect(retrying.messages.create(ask('busy'))).rejects.toBeInstanceOf(OverloadedError);
  expect(app.backend('busy').requests).toHaveLength(busy + 2);
});

test('a request that is sent again with its key gets the first answer', async () => {
  const options = { headers: { 'idempotency-key': 'once' } };
  const first = await client.messages.create(ask('good'), options);
  const { data, response } = await client.messages.create(ask('good'), options).withResponse();
  expect(data).toEqual(first);
  expect(response.headers.get('idempotent-replayed')).toBe('true');
});
