// The endpoints beside chat with the real models, as the official SDK calls them.
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineClient } from '../../src/engine/engine-client.ts';
import { postChat, readAny } from '../http/requests.ts';
import { describeEmbeddings, embeddingModelPath, hasEmbeddingModel } from '../shared-files.ts';
import { startEngine, toSimilarity } from '../start-engine.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { testModelPath } from '../test-model.ts';

let engines: EngineClient[];
let app: TestApp;
let client: OpenAI;

beforeAll(async () => {
  const chat = await startEngine(testModelPath());
  const embedding = hasEmbeddingModel
    ? await startEngine(embeddingModelPath, { contextLength: undefined })
    : undefined;
  engines = [chat, ...(embedding ? [embedding] : [])];
  app = await startTestApp({ models: {}, backends: { chat, ...(embedding ? { embedding } : {}) } });
  client = new OpenAI({ baseURL: `${app.url}/v1/inference`, apiKey: app.key, maxRetries: 0 });
});
afterAll(async () => {
  await app.close();
  await Promise.all(engines.map((engine) => engine.close(1000)));
});

const least = { model: 'chat', prompt: 'The capital of France is', max_tokens: 4, temperature: 0, seed: 1 };

describe('completions', () => {
  test('go on from a text, streamed and plain', async () => {
    const plain = await client.completions.create(least);
    expect(plain.choices[0]?.text).toMatch(/^ Paris/);
    expect(plain.usage).toMatchObject({ completion_tokens: 4 });
    let text = '';
    for await (const chunk of await client.completions.create({ ...least, stream: true })) {
      text += chunk.choices[0]?.text ?? '';
    }
    expect(text).toBe(plain.choices[0]?.text);
  });

  test('rate the tokens of an echoed prompt', async () => {
    const { choices } = await client.completions.create({ ...least, max_tokens: 0, echo: true, logprobs: 2 });
    const [choice] = choices;
    expect(choice?.text).toBe(least.prompt);
    const { tokens = [], token_logprobs: logprobs = [], text_offset: offsets = [] } = choice?.logprobs ?? {};
    expect(tokens.join('')).toBe(least.prompt);
    expect(logprobs[0]).toBeNull();
    expect(logprobs.slice(1).every((logprob) => Number(logprob) < 0)).toBe(true);
    expect(offsets).toEqual(tokens.map((_, index) => tokens.slice(0, index).join('').length));
    expect(choice?.finish_reason).toBe('length');
  });

  test('answer several prompts, and return the best of several answers', async () => {
    const { choices } = await client.completions.create({
      ...least,
      prompt: ['The capital of France is', 'The capital of Italy is'],
    });
    expect(choices.map(({ text }) => text.trim().split(/\W/)[0])).toEqual(['Paris', 'Rome']);
    const best = await client.completions.create({ ...least, best_of: 3, temperature: 1.5, logprobs: 1 });
    expect(best.choices).toHaveLength(1);
    expect(best.usage?.completion_tokens).toBeGreaterThan(4);
  });
});

test('tokens are counted as the usage of the same chat request says', async () => {
  const body = { model: 'chat', messages: [{ role: 'user' as const, content: 'Hello <|im_end|> you' }] };
  const counted = await postChat(app, JSON.stringify(body), { path: '/v1/chat/completions/input_tokens' });
  const { input_tokens: count } = await readAny(counted);
  const { usage } = await client.chat.completions.create({ ...body, max_completion_tokens: 1 });
  expect(count).toBe(usage?.prompt_tokens);
  const told = await postChat(app, JSON.stringify(body), { path: '/tokenize' });
  expect((await readAny(told)).count).toBe(count);
});

test('a chat model makes no embeddings', async () => {
  await expect(client.embeddings.create({ model: 'chat', input: 'a' })).rejects.toMatchObject({
    status: 400,
    code: 'unsupported_model',
    param: 'model',
  });
});

describeEmbeddings('embeddings', () => {
  const input = ['That is a happy person', 'That is a very happy person', 'Today is a sunny day'];

  test('have the known similarities, as floats and as the Base64 that the SDK asks for', async () => {
    for (const format of [{}, { encoding_format: 'float' as const }]) {
      const { data, usage } = await client.embeddings.create({ model: 'embedding', input, ...format });
      const [happy = [], veryHappy = [], sunny = []] = data.map(({ embedding }) => embedding);
      expect(toSimilarity(happy, veryHappy)).toBeCloseTo(0.943, 3);
      expect(toSimilarity(happy, sunny)).toBeCloseTo(0.257, 3);
      expect(usage).toEqual({ prompt_tokens: 22, total_tokens: 22 });
    }
    const { data } = await client.embeddings.create({ model: 'embedding', input, dimensions: 64 });
    const [short = []] = data.map(({ embedding }) => embedding);
    expect(short).toHaveLength(64);
    expect(toSimilarity(short, short)).toBeCloseTo(1, 5);
  });

  test('of a text that is too long are refused, and so is a chat with this model', async () => {
    await expect(
      client.embeddings.create({ model: 'embedding', input: 'word '.repeat(600) }),
    ).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      param: 'input',
    });
    const messages = [{ role: 'user' as const, content: 'Hello' }];
    await expect(client.chat.completions.create({ model: 'embedding', messages })).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_model',
      param: 'model',
    });
  });
});
