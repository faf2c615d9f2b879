import type { OpenAI } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreError } from '../../src/store/store-error.ts';
import { createOpenAiClient } from '../create-openai-client.ts';
import { callTools, finish, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readOpenApi } from './read-openapi.ts';
import { chatBody, postChat, toEventTexts } from './requests.ts';
import { createResponseValidator } from './response-validator.ts';

let app: TestApp;
let client: OpenAI;
let isFull = false;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      good: sayTexts('Hel', 'lo'),
      calling: callTools(['get_weather', '{"city":', '"Paris"}']),
      broken: () => [started, textDelta('Hel'), { type: 'fail', error: new Error('broken') }],
      thinking: () => [started, { type: 'reasoning-delta', text: 'Hm.' }, textDelta('Yes'), finish(3)],
      endless: () => [started, textDelta('a'), { type: 'wait-for-abort' }],
    },
    wrapCompletionStore: (store) => ({
      ...store,
      insert: async (completion) => {
        if (isFull) throw new StoreError('full', 'The disk is full.');
        await store.insert(completion);
      },
    }),
  });
  client = createOpenAiClient(app);
});

afterAll(() => app.close());

const messages = [
  { role: 'system' as const, content: 'Be brief.' },
  { role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] },
];

function create(more: object = {}) {
  return client.chat.completions.create({ model: 'good', messages, store: true, ...more }).asResponse();
}

function get(path: string, more: RequestInit = {}): Promise<Response> {
  return fetch(`${app.url}/v1/chat/completions${path}`, {
    ...more,
    headers: { authorization: `Bearer ${app.key}`, ...more.headers },
  });
}

/** Whatever a test looks into. */
async function toJson(answer: Response | Promise<Response>) {
  return JSON.parse(await (await answer).text());
}

async function readError(answer: Response) {
  const { error } = await toJson(answer);
  return { status: answer.status, code: error.code, param: error.param };
}

describe("through OpenAI's own client", () => {
  test('what was answered can be read, changed, listed and removed', async () => {
    const metadata = { topic: 'greeting' };
    const made = await client.chat.completions.create({
      model: 'good',
      messages,
      store: true,
      metadata,
      temperature: 0.5,
      seed: 7,
      user: 'me',
      response_format: { type: 'text' },
    });
    const kept = await client.chat.completions.retrieve(made.id);
    expect(kept).toEqual({
      ...made,
      metadata,
      temperature: 0.5,
      seed: 7,
      input_user: 'me',
      response_format: { type: 'text' },
      top_p: null,
      frequency_penalty: null,
      presence_penalty: null,
      tools: null,
      tool_choice: null,
      request_id: expect.stringMatching(/^req_/),
    });
    const changed = await client.chat.completions.update(made.id, { metadata: { topic: 'b' } });
    expect(changed).toEqual({ ...kept, metadata: { topic: 'b' } });
    const found = await client.chat.completions.list({ metadata: { topic: 'b' }, model: 'good' });
    expect(found.data).toEqual([changed]);
    const asked = await client.chat.completions.messages.list(made.id);
    expect(asked.data).toEqual([
      { id: `${made.id}-0`, role: 'system', content: 'Be brief.', content_parts: null, refusal: null },
      {
        id: `${made.id}-1`,
        role: 'user',
        content: null,
        content_parts: [{ type: 'text', text: 'Hello' }],
        refusal: null,
      },
    ]);
    expect(await client.chat.completions.delete(made.id)).toEqual({
      id: made.id,
      object: 'chat.completion.deleted',
      deleted: true,
    });
    await expect(client.chat.completions.retrieve(made.id)).rejects.toMatchObject({
      status: 404,
      code: 'response_not_found',
      param: 'completion_id',
    });
  });

  test('pages follow each other', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { id } = await client.chat.completions.create({
        model: 'good',
        messages,
        store: true,
        metadata: { page: 'yes' },
      });
      ids.push(id);
    }
    for (const [order, wanted] of [
      ['asc', ids],
      ['desc', ids.toReversed()],
    ] as const) {
      const seen: string[] = [];
      const list = client.chat.completions.list({ limit: 2, order, metadata: { page: 'yes' } });
      for await (const { id } of list) seen.push(id);
      expect(seen).toEqual(wanted);
    }
    const asked = client.chat.completions.messages.list(ids[0]!, { limit: 1, order: 'desc' });
    const roles: string[] = [];
    for await (const { role } of asked) roles.push(role);
    expect(roles).toEqual(['user', 'system']);
  });
});

describe('a streamed answer is kept like a plain one', () => {
  test.each(['good', 'calling', 'thinking'])('of %s', async (model) => {
    const tools = [{ type: 'function', function: { name: 'get_weather' } }];
    const more = { store: true, ...(model === 'calling' ? { tools } : {}) };
    const plain = JSON.parse(await (await postChat(app, chatBody(model, more))).text());
    const stream = await postChat(app, chatBody(model, { ...more, stream: true }));
    const [first = ''] = toEventTexts(await stream.text());
    const { id } = JSON.parse(first);
    const kept = await toJson(get(`/${id}`));
    const same = await toJson(get(`/${plain.id}`));
    expect(same.choices).toEqual(plain.choices);
    const { request_id, created } = same;
    expect({ ...kept, id: plain.id, request_id, created }).toEqual(same);
  });

  test('and is there when its last chunk is', async () => {
    const stream = await client.chat.completions.create({
      model: 'good',
      messages,
      store: true,
      stream: true,
    });
    for await (const { id, choices } of stream) {
      if (choices[0]?.finish_reason !== 'stop') continue;
      expect((await client.chat.completions.retrieve(id)).id).toBe(id);
    }
  });

  test('of several choices, as a whole', async () => {
    const made = await client.chat.completions.create({ model: 'good', messages, store: true, n: 3 });
    const kept = await client.chat.completions.retrieve(made.id);
    expect(kept.choices).toEqual(made.choices);
    expect(kept.choices).toHaveLength(3);
  });
});

test('an answer in the deprecated form is kept in it', async () => {
  const functions = [{ name: 'get_weather' }];
  const answer = await postChat(app, chatBody('calling', { functions, store: true }));
  const { id, choices } = JSON.parse(await answer.text());
  expect(choices[0].message).toHaveProperty('function_call');
  expect((await toJson(get(`/${id}`))).choices).toEqual(choices);
});

describe('nothing is kept', () => {
  test('of an answer that was not to be, and its metadata is named', async () => {
    for (const store of [undefined, false, null]) {
      const answer = await create({ store, metadata: { a: 'b' } });
      expect(answer.headers.get('x-ignored-params')).toBe('metadata');
      expect(answer.headers.get('x-stored')).toBeNull();
      expect((await get(`/${(await toJson(answer)).id}`)).status).toBe(404);
    }
    expect((await create({ metadata: { a: 'b' } })).headers.get('x-ignored-params')).toBeNull();
  });

  test('of an answer that broke, or whose client left', async () => {
    const before = (await toJson(get('?limit=100&order=desc'))).first_id;
    expect((await postChat(app, chatBody('broken', { store: true }))).status).toBe(500);
    const controller = new AbortController();
    const body = chatBody('endless', { store: true, stream: true });
    const stream = await postChat(app, body, { signal: controller.signal });
    await stream.body?.getReader().read();
    controller.abort();
    expect((await toJson(get('?limit=100&order=desc'))).first_id).toBe(before);
  });

  test('where the disk is full; the answer is there all the same', async () => {
    isFull = true;
    try {
      const plain = await create();
      expect(plain.status).toBe(200);
      expect(plain.headers.get('x-stored')).toBe('false');
      const { id, choices } = await toJson(plain);
      expect(choices[0].message.content).toBe('Hello');
      const stream = await postChat(app, chatBody('good', { store: true, stream: true }));
      expect(toEventTexts(await stream.text()).at(-1)).toBe('[DONE]');
      expect((await get(`/${id}`)).status).toBe(404);
      const logged = app.logLines().filter(({ completionId }) => completionId === id);
      expect(logged).toEqual([expect.objectContaining({ msg: 'stored completions could not be written' })]);
    } finally {
      isFull = false;
    }
    expect((await create()).headers.get('x-stored')).toBe('true');
  });
});

test('another key finds nothing of it', async () => {
  const { id } = await toJson(create());
  const { key } = await app.keys.create({ name: 'other' });
  const headers = { authorization: `Bearer ${key}` };
  const notFound = { status: 404, code: 'response_not_found', param: 'completion_id' };
  expect(await readError(await get(`/${id}`, { headers }))).toEqual(notFound);
  expect(await readError(await get(`/${id}/messages`, { headers }))).toEqual(notFound);
  expect(await readError(await get(`/${id}`, { headers, method: 'DELETE' }))).toEqual(notFound);
  const update = {
    method: 'POST',
    body: '{"metadata":{}}',
    headers: { ...headers, 'content-type': 'application/json' },
  };
  expect(await readError(await get(`/${id}`, update))).toEqual(notFound);
  expect(await toJson(get('', { headers }))).toMatchObject({
    data: [],
    first_id: null,
    has_more: false,
  });
  expect((await get(`/${id}`)).status).toBe(200);
});

describe('refusals', () => {
  test.each([
    ['?limit=0', 'integer_below_min_value', 'limit'],
    ['?limit=101', 'integer_above_max_value', 'limit'],
    ['?limit=ten', 'invalid_type', 'limit'],
    ['?limit=1&limit=2', 'invalid_type', 'limit'],
    ['?order=up', 'unsupported_value', 'order'],
    ['?after=', 'empty_string', 'after'],
    [`?model=${'m'.repeat(257)}`, 'string_above_max_length', 'model'],
    [`?metadata[a]=${'x'.repeat(513)}`, 'string_above_max_length', 'metadata'],
    ['?metadata[a]=1&metadata[a]=2', 'invalid_type', 'metadata'],
  ])('of the query %.40s', async (query, code, param) => {
    expect(await readError(await get(query))).toEqual({ status: 400, code, param });
  });

  test('of a place to begin at that is not there', async () => {
    const { id } = await toJson(create());
    const wanted = { status: 404, code: 'response_not_found', param: 'after' };
    expect(await readError(await get('?after=chatcmpl-none'))).toEqual(wanted);
    expect(await readError(await get(`/${id}/messages?after=none`))).toEqual(wanted);
  });

  test.each([
    ['{}', 'missing_required_parameter', 'metadata'],
    ['{"metadata":[]}', 'invalid_type', 'metadata'],
    ['{"metadata":{"a":1}}', 'invalid_type', 'metadata'],
    ['[]', 'invalid_type', null],
    ['', null, null],
  ])('of the update %s', async (body, code, param) => {
    const { id } = await toJson(create());
    const headers = { 'content-type': 'application/json' };
    expect(await readError(await get(`/${id}`, { method: 'POST', body, headers }))).toEqual({
      status: 400,
      code,
      param,
    });
  });

  test('of what would be ignored, where that is not wanted; else it is named', async () => {
    expect((await get('?before=a')).headers.get('x-ignored-params')).toBe('before');
    const strict = { headers: { 'x-compat': 'strict' } };
    expect(await readError(await get('?before=a', strict))).toEqual({
      status: 400,
      code: 'unsupported_parameter',
      param: 'before',
    });
  });

  test('of store, where nothing may be kept', async () => {
    const other = await startTestApp({
      models: { good: sayTexts('a') },
      storeLimits: { storedCompletionsMax: 0 },
    });
    try {
      expect(await readError(await postChat(other, chatBody('good', { store: true })))).toEqual({
        status: 400,
        code: 'unsupported_parameter',
        param: 'store',
      });
      expect((await postChat(other, chatBody('good', { store: false }))).status).toBe(200);
    } finally {
      await other.close();
    }
  });
});

test("a content type without a body, as OpenAI's Python client sends it, is no fault", async () => {
  const { id } = await toJson(create());
  const headers = { 'content-type': 'application/json' };
  expect((await get(`/${id}`, { method: 'DELETE', headers })).status).toBe(200);
});

test('every answer is one that the document describes', async () => {
  const document = await readOpenApi(app);
  const { id } = await toJson(create({ metadata: { a: 'b' } }));
  for (const [path, template, method] of [
    ['', '', 'get'],
    [`/${id}`, '/{completion_id}', 'get'],
    [`/${id}/messages`, '/{completion_id}/messages', 'get'],
    [`/${id}`, '/{completion_id}', 'delete'],
    [`/${id}`, '/{completion_id}', 'get'],
    ['?limit=0', '', 'get'],
  ] as const) {
    const operation = document.paths[`/v1/chat/completions${template}`]?.[method];
    const answer = await get(path, { method: method.toUpperCase() });
    const type = answer.headers.get('content-type') ?? '';
    const findFault = createResponseValidator(document, operation!);
    expect(findFault(answer.status, type, await toJson(answer)), `${method} ${path}`).toBeUndefined();
  }
});
