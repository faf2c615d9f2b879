import { METHODS } from 'node:http';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chatCapabilities } from '../create-routed-model.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { chatBody, openRawConnection, postChat, readAny, readJson } from './requests.ts';

const model = 'smollm2:135m-instruct-q4_1';
const namespaced = 'hf:owner/repository/file.gguf';

/** A colon alone, slashes, both, a name as long as a file's may be, and characters that only an escape can carry. */
const names = [
  ...[model, namespaced, 'ollama:library/smollm2:135m', 'owner/model'],
  ...[`hf:${'owner'.repeat(20)}/${'r'.repeat(110)}/a/b/file-00001-of-00002.gguf`, 'odd name?#%2F+é'],
];

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: Object.fromEntries(names.map((name) => [name, sayTexts('Hi')])),
    aliases: { 'llama3.1:8b-instruct-fp16': model },
  });
});

afterAll(() => app.close());

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${app.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${app.key}`, ...init.headers },
  });
}

test.each(['/v1/inference', '/v1'])('the API stands under %s', async (base) => {
  expect((await postChat(app, chatBody(model), { path: `${base}/chat/completions` })).status).toBe(200);
  const list = await readJson(await get(`${base}/models`));
  expect(list.object).toBe('list');
  expect(list.data.map(({ id }) => id)).toEqual([...names, 'llama3.1:8b-instruct-fp16']);
  const one = await readJson(await get(`${base}/models/${encodeURIComponent(model)}`));
  expect(one).toMatchObject({ id: model, object: 'model', created: 1_752_093_069, owned_by: 'library' });
  expect(one).toEqual(list.data[0]);
});

test.each([
  ['/v1/inference/v1', '/v1'],
  ['/v1/v1', '/v1'],
  ['/v1/v1/inference', '/v1/inference'],
])('what a client puts behind %s is what stands behind %s', async (base, own) => {
  for (const path of ['models', `models/${model}`, 'models?a=b', 'nothing']) {
    const [answer, same] = [await get(`${base}/${path}`), await get(`${own}/${path}`)];
    expect(answer.status).toBe(same.status);
    const { error, ...rest } = await readJson(answer);
    const { error: sameError, ...sameRest } = await readJson(same);
    expect({ ...rest, code: error?.code }).toEqual({ ...sameRest, code: sameError?.code });
  }
  const path = `${base}/chat/completions`;
  expect((await postChat(app, chatBody(model), { path })).status).toBe(200);
  expect((await get(path, { method: 'PUT' })).headers.get('allow')).toBe('POST, GET, HEAD');
});

test('a slash too many changes nothing', async () => {
  const chat = JSON.parse(chatBody(model));
  const posts: readonly [string, object][] = [
    ['chat/completions/', chat],
    ['/chat/completions', chat],
    ['chat/completions/?a=b', chat],
    ['inference//chat/completions', chat],
    ['chat/completions/input_tokens/', chat],
    ['completions/', { model, prompt: 'Hi' }],
    ['responses/', { model, input: 'Hi' }],
    ['responses/input_tokens/?a=b', { model, input: 'Hi' }],
    ['embeddings/', { model, input: 'Hi' }],
    ['tokenize/', { model, prompt: 'Hi' }],
  ];
  for (const [path, body] of posts) {
    const answer = await postChat(app, JSON.stringify(body), { path: `/v1/${path}` });
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
  }
  for (const path of ['/health/', '/ready/', '/docs/', '/models/', '/openapi.json/', '/v1/models/?a=b']) {
    expect({ path, status: (await get(path)).status }).toEqual({ path, status: 200 });
  }
  for (const name of [model, namespaced]) {
    expect((await readJson(await get(`/v1/models/${name}/`))).id).toBe(name);
  }
  expect((await get('/v1/chat/completions/none/')).status).toBe(404);
  expect((await get('/v1/chat/completions/', { method: 'PUT' })).status).toBe(405);
  expect((await get('/v1/nothing/')).status).toBe(404);
});

test('models that chat come first, the default before the others', async () => {
  const embeddings = { ...chatCapabilities, chat: false, embeddings: true };
  const own = await startTestApp({
    models: { 'a-embed': sayTexts('a'), b: sayTexts('a'), c: sayTexts('a') },
    aliases: { d: 'a-embed', e: 'b' },
    facts: { 'a-embed': { capabilities: embeddings } },
    defaultModel: 'c',
  });
  try {
    const headers = { authorization: `Bearer ${own.key}` };
    const list = await readJson(await fetch(`${own.url}/v1/models`, { headers }));
    expect(list.data.map(({ id }) => id)).toEqual(['c', 'b', 'e', 'a-embed', 'd']);
    const document = await readAny(await fetch(`${own.url}/openapi.json`));
    const sampleOf = (path: string) => document.paths[`/v1${path}`].post['x-codeSamples'][0].source;
    expect(sampleOf('/embeddings')).toContain('"a-embed"');
    for (const path of ['/chat/completions', '/completions', '/responses', '/tokenize']) {
      expect(sampleOf(path)).toContain('"c"');
    }
  } finally {
    await own.close();
  }
});

describe.each(['/v1/inference', '/v1'])('a model is found under %s by', (base) => {
  test.each(names)('the name %s', async (name) => {
    const encoded = encodeURIComponent(name);
    // Raw as people type it into curl, as `encodeURI` leaves it, whole, and in small letters.
    const small = encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
    const spellings = new Set([encodeURI(name).replace(/[?#+]/g, encodeURIComponent), encoded, small]);
    if (!/[?#%]/.test(name)) spellings.add(name);
    for (const spelling of spellings) {
      const answer = await get(`${base}/models/${spelling}`);
      expect({ spelling, status: answer.status }).toEqual({ spelling, status: 200 });
      expect((await readJson(answer)).id).toBe(name);
      expect((await get(`${base}/models/${spelling}`, { method: 'HEAD' })).status).toBe(200);
    }
  });

  test.each(names)("OpenAI's package, for which it is %s", async (name) => {
    const client = new OpenAI({ baseURL: `${app.url}${base}`, apiKey: app.key, maxRetries: 0 });
    expect((await client.models.retrieve(name)).id).toBe(name);
    const messages = [{ role: 'user' as const, content: 'Hello' }];
    expect((await client.chat.completions.create({ model: name, messages })).model).toBe(name);
  });
});

test.each(['hf:owner//repository/file.gguf', 'hf%253Aowner%2Frepository%2Ffile.gguf', 'owner/'])(
  'a name that only resembles one is not there: %s',
  async (name) => {
    const answer = await get(`/v1/models/${name}`);
    expect(answer.status).toBe(404);
    expect((await readJson(answer)).error.code).toBe('model_not_found');
  },
);

test('an alias shows what it stands for', async () => {
  const alias = await readJson(await get('/v1/models/llama3.1:8b-instruct-fp16'));
  expect(alias.id).toBe('llama3.1:8b-instruct-fp16');
  expect(JSON.stringify(alias)).toContain(model);
});

test('a model that is not there', async () => {
  const answer = await get('/v1/models/nobody');
  expect(answer.status).toBe(404);
  expect((await readJson(answer)).error).toMatchObject({ code: 'model_not_found', param: 'model' });
});

const longPath = `/v1/models/${'x'.repeat(3000)}`;

test.each(['/nowhere', '/v1', '/v1/nothing', '/v1/inference/', '/v2/chat/completions', '/health/x', '/%00'])(
  'unknown route %s',
  async (path) => {
    const answer = await get(`${path}?token=private`);
    expect(answer.status).toBe(404);
    const text = await answer.text();
    expect(JSON.parse(text)).toEqual({
      error: {
        message: expect.stringMatching(/^Unknown request URL: GET \//),
        type: 'invalid_request_error',
        param: null,
        code: 'unknown_url',
      },
    });
    expect(text).not.toContain('private');
    expect(answer.headers.get('x-should-retry')).toBe('false');
  },
);

test.each(['/%zz', '/v1/models/%E0%A4%A', longPath])('a URL that can not be read (%#)', async (path) => {
  const answer = await get(path);
  expect([400, 404, 414]).toContain(answer.status);
  expect(await readJson(answer)).toEqual({
    error: {
      message: expect.any(String),
      type: 'invalid_request_error',
      param: expect.toSatisfy((param) => param === null || param === 'model'),
      code: expect.stringMatching(/^(unknown_url|model_not_found)$/),
    },
  });
  expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
});

test.each([
  ['PUT', '/v1/chat/completions', 'POST, GET, HEAD'],
  ['PATCH', '/v1/inference/chat/completions/chatcmpl-1', 'GET, HEAD, POST, DELETE'],
  ['PUT', '/v1/inference/chat/completions', 'POST'],
  ['OPTIONS', '/v1/inference/chat/completions', 'POST'],
  ['DELETE', '/v1/chat/completions', 'POST'],
  ['POST', '/v1/models', 'GET'],
  ['PUT', '/v1/models/nobody', 'GET, HEAD, DELETE'],
  ['POST', '/health', 'GET'],
  ['OPTIONS', '/ready', 'GET'],
])('%s %s is the wrong method', async (method, path, allowed) => {
  const answer = await get(path, { method });
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toContain(allowed);
  if (method !== 'HEAD') {
    expect((await readJson(answer)).error).toMatchObject({
      type: 'invalid_request_error',
      code: 'unknown_url',
      param: null,
    });
  }
});

test('a wrong method with a body of any type is still 405', async () => {
  const answer = await get('/health', { method: 'POST', body: 'text', headers: { 'content-type': 'a/b' } });
  expect(answer.status).toBe(405);
});

test.each(METHODS.filter((method) => !['GET', 'HEAD', 'CONNECT'].includes(method)))(
  '%s, as every other method that HTTP has, is the wrong one',
  async (method) => {
    for (const path of ['/health', '/v1/models']) {
      const { socket, closed } = openRawConnection(app.port);
      socket.write(`${method} ${path} HTTP/1.1\r\nHost: gravix\r\nConnection: close\r\n\r\n`);
      const text = await closed;
      expect(text).toMatch(/^HTTP\/1\.1 405 /);
      expect(text).toContain('allow: GET, HEAD\r\n');
      expect(JSON.parse(text.split('\r\n\r\n')[1]!).error.code).toBe('unknown_url');
    }
  },
);

test('a method that nobody knows is refused in our form', async () => {
  const { socket, closed } = openRawConnection(app.port);
  socket.write('BREW /health HTTP/1.1\r\nHost: gravix\r\nConnection: close\r\n\r\n');
  const text = await closed;
  expect(text).toMatch(/^HTTP\/1\.1 40[045] /);
  expect(JSON.parse(text.split('\r\n\r\n')[1]!).error.type).toBe('invalid_request_error');
});

test.each(['/health', '/ready', '/v1/models'])('HEAD %s is GET without the body', async (path) => {
  const answer = await get(path, { method: 'HEAD' });
  expect(answer.status).toBe(200);
  expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(0);
  expect(await answer.text()).toBe('');
});

test('health and ready are open; ready follows the backends', async () => {
  expect(await readJson(await fetch(`${app.url}/health`))).toEqual({ status: 'ok' });
  expect((await fetch(`${app.url}/ready`)).status).toBe(200);
  for (const name of names) app.backend(name).setState('draining');
  app.backend(model).setState('failed');
  expect((await fetch(`${app.url}/ready`)).status).toBe(503);
  expect((await fetch(`${app.url}/health`)).status).toBe(200);
  app.backend(model).setState('ready');
  expect((await fetch(`${app.url}/ready`)).status).toBe(200);
  for (const name of names) app.backend(name).setState('ready');
});
