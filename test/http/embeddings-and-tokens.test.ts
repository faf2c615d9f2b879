// Embeddings, tokens and their counts over a scripted backend: one token for each character.
import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOpenAiClient } from '../create-openai-client.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readOpenApi } from './read-openapi.ts';
import { postChat, readAny } from './requests.ts';
import { createResponseValidator } from './response-validator.ts';

let app: TestApp;
let client: OpenAI;
let document: Awaited<ReturnType<typeof readOpenApi>>;

beforeAll(async () => {
  app = await startTestApp({ models: { good: sayTexts('Hi') } });
  client = createOpenAiClient(app);
  document = await readOpenApi(app);
});
afterAll(() => app.close());

/** The answer, checked against the document. */
async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const answer = await postChat(app, JSON.stringify({ model: 'good', ...body }), { path, headers });
  const json = await readAny(answer);
  const operation = document.paths[path]?.['post'];
  if (operation !== undefined) {
    const findFault = createResponseValidator(document, operation);
    expect(findFault(answer.status, 'application/json', json)).toBeUndefined();
  }
  return { status: answer.status, json, headers: answer.headers };
}

describe('embeddings', () => {
  const path = '/v1/inference/embeddings';

  test('are floats, or the same as Base64, which the SDK asks for', async () => {
    const { json } = await post(path, { input: ['a', 'b'] });
    expect(json).toMatchObject({
      object: 'list',
      model: 'good',
      data: [
        { object: 'embedding', index: 0 },
        { object: 'embedding', index: 1 },
      ],
      usage: { prompt_tokens: 2, total_tokens: 2 },
    });
    const floats = [...Float32Array.from([0, 0.6, 0.8])];
    expect(json.data[0].embedding).toEqual(floats);
    const made = await client.embeddings.create({ model: 'good', input: 'a' });
    expect(made.data[0]?.embedding).toEqual(floats);
    const tokens = await client.embeddings.create({ model: 'good', input: [[1, 2], [3]] });
    expect(tokens.data.map(({ embedding }) => embedding[2])).toEqual(
      [floats[2], floats[2]].map((value = 0) => -value),
    );
  });

  test('of token ids come with a warning, and unknown ones with what to do', async () => {
    const warned = await post(path, { input: [1, 2] });
    expect(warned.headers.get('x-warning')).toMatch(/token ids.*check_embedding_ctx_length=False/);
    expect((await post(path, { input: ['a'] })).headers.get('x-warning')).toBeNull();
    const unknown = await post(path, { input: [[1], [0x11_00_00]] });
    expect(unknown.status).toBe(400);
    expect(unknown.json.error).toMatchObject({ code: 'invalid_value', param: 'input' });
    expect(unknown.json.error.message).toMatch(/no such token.*check_embedding_ctx_length=False/);
  });

  test('with fewer dimensions have the length 1 again', async () => {
    const { json } = await post(path, { input: 'a', dimensions: 2 });
    expect(json.data[0].embedding).toEqual([0, 1]);
    const nothing = await post(path, { input: 'a', dimensions: 1 });
    expect(nothing.json.data[0].embedding).toEqual([0]);
  });

  test.each([
    [{}, 'missing_required_parameter', 'input'],
    [{ input: [] }, 'empty_array', 'input'],
    [{ input: ['a', null] }, 'invalid_type', 'input[1]'],
    [{ input: [[1, 'a']] }, 'invalid_type', 'input[0][1]'],
    [{ input: Array.from({ length: 2049 }, () => 'a') }, 'array_above_max_length', 'input'],
    [{ input: 'a', dimensions: 4 }, 'integer_above_max_value', 'dimensions'],
    [{ input: 'a', dimensions: 0 }, 'integer_below_min_value', 'dimensions'],
    [{ input: 'a', encoding_format: 'hex' }, 'unsupported_value', 'encoding_format'],
    [{ input: 'a', truncate_prompt_tokens: 5 }, 'unsupported_parameter', 'truncate_prompt_tokens'],
  ])('%j is refused', async (body, code, param) => {
    const { status, json } = await post(path, body);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code, param });
  });

  test('a field that changes nothing is named', async () => {
    const { headers } = await post(path, { input: 'a', user: 'someone', surprise: 1 });
    expect(headers.get('x-ignored-params')).toBe('user, surprise');
    expect((await post(path, { input: 'a', surprise: 1 }, { 'x-compat': 'strict' })).status).toBe(400);
    expect((await post(path, { model: 'nobody', input: 'a' })).status).toBe(404);
  });
});

describe('tokens', () => {
  test.each(['/tokenize', '/v1/tokenize', '/v1/inference/tokenize'])('%s tells them', async (path) => {
    const { json } = await post(path, { prompt: 'ab' });
    expect(json).toEqual({ count: 2, max_model_len: 2048, tokens: [97, 98], token_strs: null });
    const withTexts = await post(path, { content: 'ab', return_token_strs: true });
    expect(withTexts.json.token_strs).toEqual(['a', 'b']);
    const chat = await post(path, { messages: [{ role: 'user', content: 'abc' }] });
    expect(chat.json.count).toBe(3);
  });

  test.each(['/detokenize', '/v1/inference/detokenize'])('%s gives back the text', async (path) => {
    expect((await post(path, { tokens: [97, 98] })).json).toEqual({ prompt: 'ab', content: 'ab' });
    expect((await post(path, { tokens: [] })).json).toEqual({ prompt: '', content: '' });
  });

  test('of a chat request are counted as they would be generated from', async () => {
    const path = '/v1/chat/completions/input_tokens';
    const messages = [{ role: 'user', content: 'Hello' }];
    expect((await post(path, { messages })).json).toEqual({
      object: 'response.input_tokens',
      input_tokens: 5,
    });
    // The schema that the model is shown counts.
    const json_schema = { name: 'a', schema: { type: 'object' }, strict: true };
    const shown = await post(path, { messages, response_format: { type: 'json_schema', json_schema } });
    expect(shown.json.input_tokens).toBeGreaterThan(30);
    const long = await post(path, { messages: [{ role: 'user', content: 'a'.repeat(3000) }] });
    expect(long.json.error).toMatchObject({ code: 'context_length_exceeded' });
    expect((await post(path, { messages: [] })).json.error).toMatchObject({ param: 'messages' });
  });

  test.each([
    ['/v1/tokenize', {}, 'missing_required_parameter', 'prompt'],
    ['/v1/tokenize', { prompt: 'a', content: 'a' }, 'invalid_value', 'content'],
    ['/v1/tokenize', { prompt: 'a', tools: [] }, 'invalid_value', 'tools'],
    ['/v1/tokenize', { prompt: 'a'.repeat(300_000) }, 'string_above_max_length', 'prompt'],
    ['/v1/tokenize', { prompt: 'a', with_pieces: true }, 'unsupported_parameter', 'with_pieces'],
    [
      '/v1/tokenize',
      { messages: [{ role: 'nobody', content: 'a' }] },
      'unsupported_value',
      'messages[0].role',
    ],
    ['/v1/detokenize', {}, 'missing_required_parameter', 'tokens'],
    ['/v1/detokenize', { tokens: [-1] }, 'integer_below_min_value', 'tokens[0]'],
    ['/v1/detokenize', { tokens: new Array(70_000).fill(1) }, 'array_above_max_length', 'tokens'],
  ])('%s refuses a wrong body', async (path, body, code, param) => {
    const { status, json } = await post(path, body);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code, param });
  });
});
