import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorTable, wireCodes } from '../../src/http/error-table.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { type OpenApiFacts, readOpenApi } from './read-openapi.ts';
import { openRawConnection } from './requests.ts';

const model = 'smollm2:135m-instruct-q4_1';

const underBothBases = ['/v1', '/v1/inference'].flatMap((base) => [
  `POST ${base}/chat/completions`,
  `GET ${base}/chat/completions`,
  `GET ${base}/chat/completions/{completion_id}`,
  `POST ${base}/chat/completions/{completion_id}`,
  `DELETE ${base}/chat/completions/{completion_id}`,
  `GET ${base}/chat/completions/{completion_id}/messages`,
  `POST ${base}/chat/completions/input_tokens`,
  `POST ${base}/completions`,
  `POST ${base}/embeddings`,
  `POST ${base}/tokenize`,
  `POST ${base}/detokenize`,
  `POST ${base}/responses`,
  `POST ${base}/responses/input_tokens`,
  `POST ${base}/responses/compact`,
  `GET ${base}/responses/{response_id}`,
  `DELETE ${base}/responses/{response_id}`,
  `POST ${base}/responses/{response_id}/cancel`,
  `GET ${base}/responses/{response_id}/input_items`,
  `POST ${base}/messages`,
  `POST ${base}/messages/count_tokens`,
  `GET ${base}/models`,
  `GET ${base}/models/{model}`,
  `DELETE ${base}/models/{model}`,
  `GET ${base}/models/events`,
  `POST ${base}/models/load`,
  `POST ${base}/models/pull`,
  `POST ${base}/models/unload`,
  ...['keys', 'projects'].flatMap((kind) => {
    const one = `${base}/admin/${kind}/{${kind.slice(0, -1)}_id}`;
    return [
      `POST ${base}/admin/${kind}`,
      `GET ${base}/admin/${kind}`,
      `GET ${one}`,
      `PATCH ${one}`,
      `DELETE ${one}`,
    ];
  }),
  `POST ${base}/admin/keys/{key_id}/rotate`,
  `GET ${base}/admin/models`,
  `GET ${base}/admin/models/catalogue`,
  `POST ${base}/admin/models/pin`,
  `POST ${base}/admin/models/unpin`,
  `GET ${base}/admin/models/pulls`,
  `POST ${base}/admin/models/pulls`,
  `POST ${base}/admin/models/pulls/cancel`,
  `GET ${base}/admin/upstreams`,
  `POST ${base}/admin/upstreams/drill`,
  `GET ${base}/admin/settings`,
  `GET ${base}/admin/audit`,
  `POST ${base}/admin/config/reload`,
  ...['admin/usage', 'admin/requests', 'usage', 'key'].map((path) => `GET ${base}/${path}`),
  ...['usage/completions', 'usage/embeddings', 'costs'].map((path) => `GET ${base}/organization/${path}`),
  `GET ${base}/organization/projects`,
  `GET ${base}/organization/projects/{project_id}`,
  `GET ${base}/organization/projects/{project_id}/api_keys`,
  `GET ${base}/organization/projects/{project_id}/api_keys/{key_id}`,
  `DELETE ${base}/organization/projects/{project_id}/api_keys/{key_id}`,
]);

let app: TestApp;
let document: OpenApiFacts;

beforeAll(async () => {
  app = await startTestApp({ models: { [model]: sayTexts('Hi') } });
  document = await readOpenApi(app);
});

afterAll(() => app.close());

test('the document has these operations, and every one is served', async () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(operations.sort()).toEqual(
    ['docs', 'health', 'metrics', 'models', 'openapi.json', 'ready']
      .map((path) => `GET /${path}`)
      .concat(underBothBases)
      .sort(),
  );
  for (const operation of operations) {
    const [method, path] = operation.replace('{model}', model).split(' ');
    const answer = await fetch(`${app.url}${path}`, { method: method! });
    expect([200, 401], operation).toContain(answer.status);
  }
});

test('each operation has an id of its own, samples in three languages, and its errors', () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const operation of operations) {
    const samples = operation['x-codeSamples'];
    expect(samples.map(({ label }) => label)).toEqual(['cURL', 'Python', 'JavaScript']);
    for (const { source } of samples) expect(source).toContain(app.url);
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['408', '431', '500']));
  }
});

test('every code of the error table stands with its status somewhere', () => {
  const responses = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap((operation) => Object.entries(operation.responses));
  for (const [code, { status }] of Object.entries(errorTable)) {
    // Of a wrong method there is nothing to say at an operation, which has the right one.
    if (code === 'method_not_allowed') continue;
    const name = wireCodes[code as keyof typeof errorTable];
    const wanted = `\`${name === undefined ? code : name}\``;
    const found = responses.some(
      ([at, { description }]) => at === String(status) && description.includes(wanted),
    );
    expect(found, `${status} ${wanted}`).toBe(true);
  }
});

test('the document is whole: references lead somewhere, and every schema compiles', () => {
  const text = JSON.stringify(document);
  const names = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)];
  expect(names.length).toBeGreaterThan(20);
  for (const [, kind, name] of names) expect(document.components, name).toHaveProperty([kind!, name!]);
  expect(text).not.toContain('$defs');
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema(document, 'openapi');
  for (const name of Object.keys(document.components.schemas)) {
    expect(() => ajv.compile({ $ref: `openapi#/components/schemas/${name}` }), name).not.toThrow();
  }
});

test('the schema of requests takes what the server takes, and a parameter of later only where it changes nothing', () => {
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema(document, 'openapi');
  const isRequest = ajv.compile({ $ref: 'openapi#/components/schemas/ChatCompletionRequest' });
  const request = { model, messages: [{ role: 'user', content: 'Hello' }] };
  expect(isRequest(request)).toBe(true);
  expect(isRequest({ ...request, stream: true, stream_options: { continuous_usage_stats: null } })).toBe(
    true,
  );
  expect(isRequest({ ...request, stream: true, stream_options: { continuous_usage_stats: 7 } })).toBe(false);
  expect(isRequest({ ...request, temperature: 3 })).toBe(false);
  expect(isRequest({ ...request, verbosity: 'huge' })).toBe(false);
  expect(isRequest({ ...request, mirostat: 2 })).toBe(false);
  expect(isRequest({ ...request, messages: [] })).toBe(false);
});

test('what a client writes as its host gets into no sample unless it is a host', async () => {
  for (const host of ['a$(id)', 'a;id', "a'b", 'a"b', 'x y', 'a/b']) {
    const { socket, closed } = openRawConnection(app.port);
    socket.write(`GET /openapi.json HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    const text = await closed;
    expect(text.includes(app.url) || text.startsWith('HTTP/1.1 400'), host).toBe(true);
    expect(text).not.toContain(host);
  }
});

test('a sane host is kept', async () => {
  const { socket, closed } = openRawConnection(app.port);
  socket.write('GET /openapi.json HTTP/1.1\r\nHost: api.example.org:8080\r\nConnection: close\r\n\r\n');
  expect(await closed).toContain('http://api.example.org:8080/v1/inference/chat/completions');
});
