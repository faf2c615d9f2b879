// However large a request is, the answer that refuses it is small: at most ten problems are named, and each quotes at
// most 200 characters of what came in.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paramCharactersMax } from '../../src/http/http-error.ts';
import { ignoredParameterCharactersMax } from '../../src/protocol/openai/chat/find-ignored-parameters.ts';
import { sayTexts } from '../scripted-backend.ts';
import type { TestApp } from '../start-test-app.ts';
import { errorCharactersMax } from './expect-error-answer.ts';
import { assertAlive, chatBody, postChat } from './requests.ts';
import { startCompilingApp } from './start-compiling-app.ts';

const problemsMax = 10;
const quotedCharactersMax = 200;

/** No word of ours has this letter, so that all of them in an answer are quoted from the request. */
const letter = 'Ж';
const long = letter.repeat(20_000);

let app: TestApp;

beforeAll(async () => {
  app = await startCompilingApp({ models: { good: sayTexts('Hi') } });
});

afterAll(() => app.close());

const user = { role: 'user', content: 'Hello' };
const tool = (more: object) => ({ type: 'function', function: { name: 'f', ...more } });
const strictSchema = (schema: object) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'thing', strict: true, schema } },
});

test('of a thousand bad messages ten are named, each with little of itself', async () => {
  const messages = Array.from({ length: 1000 }, () => ({ role: long.slice(0, 5000), content: 'x' }));
  const answer = await postChat(app, chatBody('good', { messages }));
  expect(answer.status).toBe(400);
  const text = await answer.text();
  expect(text.length).toBeLessThan(errorCharactersMax);
  const { message, param } = JSON.parse(text).error;
  expect(param).toBe('messages[0].role');
  const problems: string[] = message.split(/(?=Unsupported value for )/);
  expect(problems).toHaveLength(problemsMax);
  for (const problem of problems) {
    const quoted = problem.split(letter).length - 1;
    expect(quoted).toBeGreaterThan(20);
    expect(quoted).toBeLessThanOrEqual(quotedCharactersMax);
  }
  expect(message).toMatch(/Only the first 10 problems are named\.$/);
});

test.each<[string, object, Record<string, string>?]>([
  ['a model', { model: long }],
  ['the type of a part', { messages: [{ role: 'user', content: [{ type: long, text: 'x' }] }] }],
  [
    'the type of a part that is not supported',
    { messages: [{ role: 'user', content: [{ type: 'file', file: long }] }] },
  ],
  ['an id of a call', { messages: [user, { role: 'tool', content: 'x', tool_call_id: long }] }],
  ['a type of a format', { response_format: { type: long } }],
  [
    'a name of a format',
    { response_format: { type: 'json_schema', json_schema: { name: long, schema: {} } } },
  ],
  ['a pattern', { guided_regex: `(${long})\\1` }],
  ['a grammar', { guided_grammar: `root ::= ${long}` }],
  ['a schema as text', { guided_json: `{"${long}` }],
  ['a keyword', strictSchema({ type: 'object', properties: { x: { type: long } }, required: ['x'] })],
  [
    'a property',
    strictSchema({ type: 'object', properties: { [long]: { pattern: '(a)\\1', type: 'string' } } }),
  ],
  ['a pattern in a schema', strictSchema({ type: 'string', pattern: `(${long})\\1` })],
  ['a reference', strictSchema({ $ref: `#/$defs/${long}` })],
  ['a required property', strictSchema({ type: 'object', required: [long], additionalProperties: false })],
  ['a tool', { tools: [tool({ name: long })] }],
  ['two tools of one name', { tools: [tool({ name: 'f' }), tool({ name: 'f' })] }],
  ['the type of a tool', { tools: [{ ...tool({}), type: long }] }],
  ['a chosen tool', { tools: [tool({})], tool_choice: { type: 'function', function: { name: long } } }],
  ['a choice of tools', { tools: [tool({})], tool_choice: long }],
  [
    'a strict tool',
    { tools: [tool({ strict: true, parameters: { properties: { [long]: { $ref: long } } } })] },
  ],
  ['a stop sequence', { stop: [long, 7] }],
  ['a token', { logit_bias: { [long]: 1 } }],
  ['metadata', { metadata: { [long]: long } }],
  ['a service tier', { service_tier: long }],
  ['a parameter that is not supported', { web_search_options: { [long]: long } }],
  ['an option of a stream', { stream: true, stream_options: { include_obfuscation: long } }],
  ['a field that strictness refuses', { [long]: 1 }, { 'x-compat': 'strict' }],
])('%s that is long', async (_name, fields, headers = {}) => {
  const answer = await postChat(app, chatBody('good', fields), { headers });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  const text = await answer.text();
  const { message, param } = JSON.parse(text).error;
  expect(message.split(letter).length - 1).toBeLessThanOrEqual(quotedCharactersMax);
  expect((param ?? '').length).toBeLessThanOrEqual(paramCharactersMax);
  expect(text.length).toBeLessThan(2000);
  await assertAlive(app);
});

test('a thousand fields that nobody knows make a short header', async () => {
  const fields = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`f${index}${long}`, 1]));
  const answer = await postChat(
    app,
    chatBody('good', Object.fromEntries(Object.entries(fields).slice(0, 100))),
  );
  expect(answer.status).toBe(200);
  const names = answer.headers.get('x-ignored-params')?.split(', ') ?? [];
  expect(names).toHaveLength(20);
  for (const ignored of names) {
    expect(ignored).toMatch(/^f\d+_+$/);
    expect(ignored.length).toBeLessThanOrEqual(ignoredParameterCharactersMax);
  }
});
