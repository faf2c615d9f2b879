// What a model's source sets, and what of it a request changes, over every endpoint that generates or counts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { neutralSampling } from '../../src/backend/generation-request.ts';
import { textContent } from '../../src/backend/message-content.ts';
import type { ModelDefaults } from '../../src/backend/model-defaults.ts';
import { chatCapabilities } from '../create-routed-model.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { postChat, readAny } from './requests.ts';

const defaults: ModelDefaults = {
  temperature: 0.6,
  topP: 0.95,
  topK: 20,
  seed: 7,
  repetitionPenalty: 1.1,
  stop: ['<end>'],
  maxTokens: 100,
  systemText: 'Be kind.',
};

const own = { ...neutralSampling, temperature: 0.6, topP: 0.95, topK: 20, seed: 7, repetitionPenalty: 1.1 };

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: { tuned: sayTexts('{"a"', ':1}'), plain: sayTexts('Hi') },
    aliases: { other: 'tuned' },
    facts: { tuned: { capabilities: chatCapabilities, defaults } },
  });
});

afterAll(() => app.close());

const hello = { messages: [{ role: 'user', content: 'Hello' }] };

async function ask(path: string, body: object) {
  const answer = await postChat(app, JSON.stringify({ model: 'tuned', ...body }), {
    path: `/v1/inference${path}`,
  });
  expect(answer.status).toBe(200);
  return readAny(answer);
}

/** What the backend got at last. */
async function generate(path: string, body: object, model = 'tuned') {
  await ask(path, body);
  const request = app.backend(model).requests.at(-1);
  if (request === undefined) throw new Error('Nothing was asked for.');
  return request;
}

describe.each([
  ['/chat/completions', hello],
  ['/completions', { prompt: 'Hello' }],
  ['/responses', { input: 'Hello', store: false }],
])('%s', (path, body) => {
  test('has the defaults of the model for what is absent or null', async () => {
    const request = await generate(path, body);
    expect(request).toMatchObject({ sampling: own, stop: ['<end>'], maxTokens: 100 });
    expect((await generate(path, { ...body, temperature: null, top_p: null })).sampling).toEqual(own);
  });

  test("has a request's own field, a zero too, and the model's others", async () => {
    const { sampling } = await generate(path, { ...body, temperature: 0, top_p: 1 });
    expect(sampling).toEqual({ ...own, temperature: 0, topP: 1 });
  });

  test('has them under an alias too, and none for a model without any', async () => {
    expect((await generate(path, { ...body, model: 'other' })).sampling).toEqual(own);
    const request = await generate(path, { ...body, model: 'plain' }, 'plain');
    expect(request.sampling).toEqual(neutralSampling);
    expect(request.stop).toEqual([]);
    expect(request.maxTokens).toBe(path === '/completions' ? 16 : undefined);
  });
});

test.each([
  [{ stop: 'a' }, ['a']],
  [{ stop: [] }, []],
  [{ stop: null }, ['<end>']],
  [{ response_format: { type: 'json_object' } }, []],
])('stop sequences of %j', async (fields, stop) => {
  expect((await generate('/chat/completions', { ...hello, ...fields })).stop).toEqual(stop);
});

test("the model's system message stands before a conversation without one, and is counted", async () => {
  const { prompt } = await generate('/chat/completions', hello);
  const text = (role: string, content: string) => ({ role, content: textContent(content) });
  expect(prompt).toMatchObject({ messages: [text('system', 'Be kind.'), text('user', 'Hello')] });
  const developer = { messages: [{ role: 'developer', content: 'Be brief.' }, ...hello.messages] };
  expect((await generate('/chat/completions', developer)).prompt).toMatchObject({
    messages: [text('system', 'Be brief.'), text('user', 'Hello')],
  });
  const instructed = { input: 'Hello', instructions: 'Be brief.', store: false };
  expect((await generate('/responses', instructed)).prompt).toMatchObject({
    messages: [text('system', 'Be brief.'), text('user', 'Hello')],
  });
  const counted = await ask('/chat/completions/input_tokens', hello);
  expect(counted.input_tokens).toBe('Be kind.Hello'.length);
  expect((await ask('/tokenize', hello)).count).toBe('Be kind.Hello'.length);
  expect((await ask('/tokenize', { prompt: 'Hello' })).count).toBe('Hello'.length);
});

test('a response tells how it was drawn', async () => {
  const input = { input: 'Hello', store: false };
  expect(await ask('/responses', input)).toMatchObject({ temperature: 0.6, top_p: 0.95 });
  expect(await ask('/responses', { ...input, temperature: 1 })).toMatchObject({
    temperature: 1,
    top_p: 0.95,
  });
});

test('clients learn them from the model', async () => {
  const headers = { authorization: `Bearer ${app.key}` };
  const read = async (id: string) =>
    readAny(await fetch(`${app.url}/v1/inference/models/${id}`, { headers }));
  const shown = {
    default_parameters: {
      temperature: 0.6,
      top_p: 0.95,
      top_k: 20,
      repetition_penalty: 1.1,
      seed: 7,
      max_tokens: 100,
      stop: ['<end>'],
    },
    default_system_message: 'Be kind.',
  };
  expect(await read('tuned')).toMatchObject(shown);
  expect(await read('other')).toMatchObject(shown);
  const plain = await read('plain');
  expect([plain.default_parameters, plain.default_system_message]).toEqual([{}, null]);
});
