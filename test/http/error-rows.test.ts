// Every failure that the wire knows, once, over real HTTP and with the real compiler: status, type, code, param and
// what a client may do next. Variants of each stand in errors.test.ts, keys.test.ts and hostile-clients.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BackendError, createContextOverflowError } from '../../src/backend/backend-error.ts';
import { type ErrorCode, errorTable, wireCodes } from '../../src/http/error-table.ts';
import type { NewKey } from '../../src/service/keys/new-key.ts';
import { PullRefusal } from '../../src/service/models/model-management.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { idleControls } from '../create-test-model-services.ts';
import { callTools, createScriptedBackend, refuse, sayTexts } from '../scripted-backend.ts';
import type { TestApp } from '../start-test-app.ts';
import { listAdminCases } from './admin-error-cases.ts';
import { type ErrorCase, expectErrorAnswer, refused } from './expect-error-answer.ts';
import { chatBody, postChat, postWithPolicy, rawHead, sendRawRequest } from './requests.ts';
import { startCompilingApp } from './start-compiling-app.ts';
import { listUpstreamCases, upstreamFailures } from './upstream-error-cases.ts';

const bodyBytesMax = 100_000;

let app: TestApp;
let adminKey: string;
let isStoreDown = false;

beforeAll(async () => {
  const { tokenizer: _tokenizer, ...wordless } = createScriptedBackend(sayTexts('Hi'));
  app = await startCompilingApp({
    models: {
      good: sayTexts('Hi'),
      calling: callTools(['f', '{"x":1}']),
      stuck: () => [{ type: 'wait-for-abort' }],
      overflow: refuse(createContextOverflowError(2048, 5000)),
      'no-template': refuse(new BackendError('unsupported_messages', 'The model takes no system message.')),
      'no-grammar': refuse(new BackendError('unsupported_grammar', 'No text of this model matches it.')),
      'no-token': refuse(new BackendError('unknown_token', 'The model has no token 99999999.')),
      busy: refuse(new BackendError('overloaded', 'The queue is full.', { retryAfterMs: 2300 })),
      loading: refuse(new BackendError('model_loading', 'The model still loads.', { retryAfterMs: 10 })),
      crashed: refuse(new BackendError('engine_crashed', 'The engine crashed.', { retryAfterMs: 1001 })),
      'no-memory': refuse(new BackendError('insufficient_memory', 'The model does not fit into memory.')),
      embedding: refuse(new BackendError('unsupported_model', 'The model makes embeddings.')),
      damaged: refuse(new BackendError('model_unavailable', 'Its files are damaged.')),
      ...upstreamFailures,
      broken: refuse(new Error('ENOENT: /srv/secret.gguf')),
    },
    backends: { wordless },
    limits: { bodyBytesMax, bodyMsMax: 400 },
    requestMsMax: 2000,
    idempotencyLimits: { idempotencyWaitMsMax: 100 },
    wrapKeyStore: (store) => ({
      ...store,
      findOwned: (id) =>
        isStoreDown
          ? Promise.reject(new StoreError('unavailable', 'No postgres at db.example.'))
          : store.findOwned(id),
    }),
    controls: {
      ...idleControls,
      pull: async () => {
        throw new PullRefusal('failed', 'The model could not be pulled from any source.');
      },
    },
  });
  adminKey = (await app.keys.create({ name: 'admin', scopes: ['inference', 'admin'] })).key;
});

afterAll(() => app.close());

function send(method: string, path: string, body: object, key = app.key): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return fetch(`${app.url}${path}`, { method, headers, body: JSON.stringify(body) });
}

const postAs = (policy: Omit<NewKey, 'name'>, times?: number) => postWithPolicy(app, policy, times);
const post = (model: string, more: object = {}) => postChat(app, chatBody(model, more));
const postOnce = (model: string, more: object = {}) =>
  postChat(app, chatBody(model, more), { headers: { 'idempotency-key': `key-of-${model}` } });

function get(path: string, headers: Record<string, string> = { authorization: `Bearer ${app.key}` }) {
  return fetch(`${app.url}${path}`, { headers });
}

const sendRaw = (text: string) => sendRawRequest(app, text);

const backreference = { type: 'object', properties: { x: { type: 'string', pattern: '(a)\\1' } } };
const strictSchema = (schema: object) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'thing', strict: true, schema } },
});
const strictTool = (parameters: object) => ({
  tools: [{ type: 'function', function: { name: 'f', strict: true, parameters } }],
});
const image = { type: 'image_url', image_url: { url: 'https://example.com/cat.png' } };

const failed = { status: 503, type: 'server_error', param: null, shouldRetry: true } as const;

const cases: Readonly<Record<string, ErrorCase>> = {
  'malformed JSON': { ...refused, code: null, send: () => postChat(app, '{"model": "good",') },
  'an empty body': { ...refused, code: null, send: () => postChat(app, '') },
  'a wrong content type': {
    ...refused,
    status: 415,
    code: null,
    send: () => postChat(app, chatBody('good'), { headers: { 'content-type': 'text/plain' } }),
  },
  'a missing field': {
    ...refused,
    code: 'missing_required_parameter',
    param: 'messages',
    send: () => postChat(app, '{"model":"good"}'),
  },
  'a wrong type': {
    ...refused,
    code: 'invalid_type',
    param: 'temperature',
    send: () => post('good', { temperature: 'hot' }),
  },
  'a value out of range': {
    ...refused,
    code: 'integer_above_max_value',
    param: 'n',
    send: () => post('good', { n: 17 }),
  },
  'an unsupported value': {
    ...refused,
    code: 'unsupported_value',
    param: 'messages[0].role',
    send: () => post('good', { messages: [{ role: 'wizard', content: 'x' }] }),
  },
  'a body over the limit': {
    ...refused,
    status: 413,
    code: 'request_too_large',
    send: () => post('good', { filler: 'x'.repeat(bodyBytesMax) }),
  },
  'an unknown model': {
    ...refused,
    status: 404,
    code: 'model_not_found',
    param: 'model',
    send: () => post('nobody'),
  },
  'an unknown model that is asked about': {
    ...refused,
    status: 404,
    code: 'model_not_found',
    param: 'model',
    send: () => get('/v1/inference/models/nobody'),
  },
  'a prompt over the context': {
    ...refused,
    code: 'context_length_exceeded',
    param: 'messages',
    message:
      /^This model's maximum context length is 2048 tokens\. However, your messages resulted in 5000 tokens\. Please reduce the length of the messages\.$/,
    send: () => post('overflow'),
  },
  "a known parameter that can't be honoured": {
    ...refused,
    code: 'unsupported_parameter',
    param: 'web_search_options',
    send: () => post('good', { web_search_options: {} }),
  },
  'an unknown parameter where strictness is asked for': {
    ...refused,
    code: 'unsupported_parameter',
    param: 'colour',
    send: () => postChat(app, chatBody('good', { colour: 1 }), { headers: { 'x-compat': 'strict' } }),
  },
  'an image for a model without eyes': {
    ...refused,
    code: 'unsupported_content',
    param: 'messages[0].content[1]',
    send: () => {
      const content = [{ type: 'text', text: 'What is this?' }, image];
      return post('good', { messages: [{ role: 'user', content }] });
    },
  },
  "a schema that can't be enforced": {
    ...refused,
    code: 'unsupported_schema',
    param: 'response_format.json_schema.schema.properties.x.pattern',
    send: () => post('good', strictSchema(backreference)),
  },
  "a tool that can't be enforced": {
    ...refused,
    code: 'unsupported_schema',
    param: 'tools[0].function.parameters.properties.x.pattern',
    send: () => post('good', strictTool(backreference)),
  },
  'a grammar that the backend refuses': {
    ...refused,
    code: 'unsupported_schema',
    param: 'response_format',
    send: () => post('no-grammar'),
  },
  'messages that the template has no form for': {
    ...refused,
    code: 'unsupported_value',
    param: 'messages',
    send: () => post('no-template'),
  },
  'a token that the model does not have': {
    ...refused,
    code: 'invalid_value',
    param: 'logit_bias',
    send: () => post('no-token', { logit_bias: { 99999999: 1 } }),
  },
  'no key': { ...refused, status: 401, code: 'invalid_api_key', send: () => get('/v1/inference/models', {}) },
  'a bad key': {
    ...refused,
    status: 401,
    code: 'invalid_api_key',
    send: () => get('/v1/inference/models', { authorization: 'Bearer sk-nonsense' }),
  },
  'a key without the right': {
    ...refused,
    status: 403,
    type: 'permission_error',
    code: 'insufficient_permissions',
    send: () => send('POST', '/v1/models/load', { model: 'good' }),
  },
  'an unknown stored completion': {
    ...refused,
    status: 404,
    code: 'response_not_found',
    param: 'completion_id',
    send: () => get('/v1/chat/completions/chatcmpl-none'),
  },
  'an unknown response': {
    ...refused,
    status: 404,
    code: 'response_not_found',
    param: 'response_id',
    send: () => get('/v1/responses/resp_none'),
  },
  'a model that does not chat': {
    ...refused,
    code: 'unsupported_model',
    param: 'model',
    send: () => post('embedding'),
  },
  'a deployment that lacks a capability': {
    ...refused,
    code: 'unsupported_capability',
    param: 'model',
    message:
      "The model 'wordless' can't show the tokens of a text: its deployment 'wordless' lacks this capability.",
    send: () => send('POST', '/v1/tokenize', { model: 'wordless', prompt: 'a' }),
  },
  'a model whose files are damaged': {
    ...failed,
    code: 'model_unavailable',
    param: 'model',
    shouldRetry: false,
    send: () => post('damaged'),
  },
  'a pull that failed': {
    ...failed,
    status: 502,
    code: 'pull_failed',
    shouldRetry: false,
    send: () => send('POST', '/v1/models/pull', { model: 'smollm2' }, adminKey),
  },
  'an unknown route': {
    ...refused,
    status: 404,
    code: 'unknown_url',
    send: () => get('/v1/inference/nowhere'),
  },
  'a wrong method': {
    ...refused,
    status: 405,
    code: 'unknown_url',
    send: () => get('/v1/inference/embeddings'),
  },
  'a body that is too slow': {
    ...refused,
    status: 408,
    code: 'request_timeout',
    shouldRetry: true,
    send: () => sendRaw(`${rawHead(app, ['Content-Length: 1000'])}{"model":`),
  },
  'headers that are too large': {
    ...refused,
    status: 431,
    code: null,
    send: () => sendRaw(rawHead(app, [`X-Long: ${'x'.repeat(20_000)}`])),
  },
  'a full queue': { ...failed, code: 'overloaded', retryAfter: '3', send: () => post('busy') },
  'a model that loads too long': {
    ...failed,
    code: 'model_loading',
    retryAfter: '1',
    send: () => post('loading'),
  },
  'an engine that crashed': {
    ...failed,
    code: 'engine_crashed',
    retryAfter: '2',
    send: () => post('crashed'),
  },
  'a model that does not fit into memory': {
    ...failed,
    code: 'insufficient_memory',
    param: 'model',
    shouldRetry: false,
    send: () => post('no-memory'),
  },
  'an answer that failed its schema': {
    ...failed,
    status: 502,
    code: 'invalid_structured_output',
    shouldRetry: false,
    send: () => post('good', strictSchema({ type: 'object' })),
  },
  "a call that failed its tool's schema": {
    ...failed,
    status: 502,
    code: 'invalid_structured_output',
    shouldRetry: false,
    send: () => post('calling', strictTool({ type: 'object', properties: { x: { type: 'string' } } })),
  },
  'a request that took too long': {
    ...failed,
    status: 504,
    code: 'timeout',
    shouldRetry: false,
    send: () => post('stuck'),
  },
  'a limit that is used up': {
    ...failed,
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    retryAfter: /^6[01]$/,
    send: () => postAs({ limits: { requestsPerMinute: 1 } }, 2),
  },
  'a budget that is spent': {
    ...failed,
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    shouldRetry: false,
    send: () => postAs({ budget: { period: 'day', tokens: 1 } }),
  },
  'a store that can not be reached': {
    ...failed,
    code: 'store_unavailable',
    retryAfter: '1',
    message: 'The server can not reach its store of keys and answers. Try again later.',
    send: async () => {
      // Its first use asks the store.
      const { key } = await app.keys.create({ name: 'not yet used' });
      isStoreDown = true;
      return postChat(app, chatBody('good'), { headers: { authorization: `Bearer ${key}` } }).finally(() => {
        isStoreDown = false;
      });
    },
  },
  'an idempotency key of another request': {
    ...refused,
    status: 409,
    code: 'idempotency_key_reused',
    send: () => postOnce('good').then(() => postOnce('good', { seed: 1 })),
  },
  'an idempotency key in use': {
    ...refused,
    status: 409,
    code: 'idempotency_key_in_use',
    shouldRetry: true,
    send: () => Promise.race([postOnce('stuck'), postOnce('stuck')]),
  },
  ...listUpstreamCases(post),
  ...listAdminCases({ app: () => app, adminKey: () => adminKey, send }),
  'a fault of ours': {
    ...failed,
    status: 500,
    code: null,
    message: 'The server had an error while processing your request.',
    send: () => post('broken'),
  },
};

test.each(Object.entries(cases))('%s', async (_name, { send, ...row }) => {
  await expectErrorAnswer(app, await send(), row);
});

test('no failure that the server can answer with is missing here', () => {
  const seen = new Set(Object.values(cases).map(({ status, code }) => `${status} ${code}`));
  const missing = (Object.keys(errorTable) as ErrorCode[]).filter((code) => {
    const wireCode = wireCodes[code];
    return !seen.has(`${errorTable[code].status} ${wireCode === undefined ? code : wireCode}`);
  });
  expect(missing).toEqual([]);
});
