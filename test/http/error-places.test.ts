// Where each endpoint says that a fault is: the same errors of a backend, a compiler or a store, and the name that the
// thing at fault has at every endpoint that may meet them. error-places.jsonl has a line for each: the request, its body,
// and the status, code, param and message of its answer. Errors that the engine can throw without a model are its own.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BackendError, createContextOverflowError } from '../../src/backend/backend-error.ts';
import { assertKnownVariables } from '../../src/engine/engine-process/prompt/template-variables.ts';
import { assertPromptTokens, toTextTokens } from '../../src/engine/engine-process/prompt/to-raw-tokens.ts';
import { assertKnownTokens } from '../../src/engine/engine-process/step/to-sampler-config.ts';
import { PullRefusal } from '../../src/service/models/model-management.ts';
import { usageEndpoints } from '../../src/service/usage/usage-record.ts';
import { idleControls } from '../create-test-model-services.ts';
import { refuse, type Script, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readAny } from './requests.ts';

let app: TestApp;
let adminKey: string;

/** A model that knows 10 tokens and no template variable, and can't fill in. */
const picky: Script = (request) => {
  assertKnownTokens(request, 10);
  assertKnownVariables('{{ messages }}', request.templateVariables);
  if (request.prompt.kind === 'tokens') assertPromptTokens(request.prompt.tokens, 10);
  if (request.prompt.kind === 'text') {
    const vocabulary = { beginToken: undefined, endToken: 0, fillTokens: undefined };
    const tokenizer = { tokenizeTemplate: () => new Uint32Array(1) };
    // Nothing else of a model is looked at.
    toTextTokens({ vocabulary, tokenizer } as never, request.prompt);
  }
  return sayTexts('{}')(request);
};

const tooComplex = new BackendError('unsupported_grammar', 'The grammar is too complex.');

beforeAll(async () => {
  app = await startTestApp({
    models: {
      picky,
      good: sayTexts('{}'),
      long: refuse(createContextOverflowError(10, 20)),
      'long-text': refuse(createContextOverflowError(10, 20, 'text')),
      alternating: refuse(new BackendError('unsupported_messages', 'Take turns.')),
      complex: refuse(tooComplex),
      'complex-later': () => [started, textDelta('{'), { type: 'fail', error: tooComplex }],
      embedding: refuse(new BackendError('unsupported_model', 'This model makes embeddings.')),
      large: refuse(new BackendError('insufficient_memory', 'The model does not fit into memory.')),
      damaged: refuse(new BackendError('model_unavailable', 'Its files are damaged.')),
      busy: refuse(new BackendError('overloaded', 'Busy.')),
    },
    aliases: { nickname: 'good' },
    controls: {
      ...idleControls,
      pull: async (name) => {
        const kinds = { wrong: 'reference', unknown: 'unknown', failing: 'failed' } as const;
        throw new PullRefusal(kinds[name as keyof typeof kinds], 'It can not be pulled.');
      },
    },
  });
  adminKey = (await app.keys.create({ name: 'admin', scopes: ['inference', 'admin'] })).key;
});
afterAll(() => app.close());

type Row = readonly [
  request: string,
  body: object | null,
  status: number,
  code: string | null,
  param: string | null,
  message: string,
];

/** In place of a prompt that is longer than the scripted models' context. */
const longText = '(3000 characters)';

const rows: readonly Row[] = readFileSync(new URL('error-places.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line, (_name, value) => (value === longText ? 'a'.repeat(3000) : value)));

test.each(rows)('%s %j', async (request, body, status, code, param, message) => {
  const [method = '', path = ''] = request.split(' ');
  const answer = await fetch(`${app.url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
  const { error } = await readAny(answer);
  if (path.startsWith('/messages')) {
    const { error_code, param: named = null } = error.details;
    expect([answer.status, error.message, named, error_code]).toEqual([status, message, param, code]);
    return;
  }
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  expect([answer.status, error]).toEqual([status, { message, type, param, code }]);
});

test.each(usageEndpoints)('%s has a line', (endpoint) => {
  const paths = rows.map(([request]) => request.replace(/^POST (\/inference)?\//, ''));
  expect(paths).toContain(endpoint);
});

const messages = [{ role: 'user', content: 'Hello' }];
const fine = { name: 'fine', parameters: { type: 'object' } };

test.each([
  ['/chat/completions', { messages, functions: [fine] }, 'functions'],
  ['/chat/completions', { messages, tools: [{ type: 'function', function: fine }] }, 'tools'],
  ['/chat/completions', { messages, guided_grammar: 'root ::= "{"' }, 'guided_grammar'],
  [
    '/completions',
    { prompt: 'a', structured_outputs: { grammar: 'root ::= "{"' } },
    'structured_outputs.grammar',
  ],
  ['/responses', { input: 'a', text: { format: { type: 'json_object' } } }, 'text.format'],
  ['/responses', { input: 'a', tools: [{ type: 'function', ...fine }] }, 'tools'],
])('a stream of %s that breaks says where as a refusal does: %j', async (path, body, param) => {
  const answer = await fetch(`${app.url}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'complex-later', stream: true, ...body }),
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  // The connection is cut behind the last event.
  for (;;) {
    const read = await reader?.read().catch(() => undefined);
    if (read === undefined || read.done) break;
    text += read.value;
  }
  const failures = text.split('\n').flatMap((line) => {
    const event = line.startsWith('data: ') ? JSON.parse(line.slice('data: '.length)) : {};
    return 'error' in event ? [event.error] : event.type === 'error' ? [event] : [];
  });
  expect(failures).toEqual([expect.objectContaining({ code: 'unsupported_schema', param })]);
});
