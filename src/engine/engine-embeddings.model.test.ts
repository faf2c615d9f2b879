// Vectors of the real model, by themselves and from several requests at once.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRequest } from '../../test/create-request.ts';
import { describeEmbeddings, embeddingModelPath } from '../../test/shared-files.ts';
import { startEngine, toSimilarity } from '../../test/start-engine.ts';
import { testModelPath } from '../../test/test-model.ts';
import type { EmbeddingInput, Embeddings } from '../backend/embedding.ts';
import { neutralSampling } from '../backend/generation-request.ts';
import type { EngineClient } from './engine-client.ts';

const never = new AbortController().signal;

function embed(engine: EngineClient, ...texts: string[]): Promise<Embeddings> {
  return embedFor(engine, 'one', ...texts);
}

function embedFor(engine: EngineClient, callerId: string, ...texts: string[]): Promise<Embeddings> {
  const inputs = texts.map((text): EmbeddingInput => ({ kind: 'text', text }));
  return engine.embed({ id: 'one', callerId, inputs }, never);
}

describeEmbeddings('a model for embeddings', () => {
  let engine: EngineClient;
  beforeAll(async () => {
    engine = await startEngine(embeddingModelPath, { contextLength: undefined });
  });
  afterAll(() => engine.close(1000));

  test('gives the known similarities, and vectors of the length 1', async () => {
    expect(engine.describe()).toMatchObject({ task: 'embed', contextLength: 512 });
    const { vectors, promptTokens } = await embed(
      engine,
      'That is a happy person',
      'That is a very happy person',
      'Today is a sunny day',
    );
    const [happy = [], veryHappy = [], sunny = []] = vectors;
    expect(happy).toHaveLength(384);
    expect(toSimilarity(happy, happy)).toBeCloseTo(1, 5);
    expect(toSimilarity(happy, veryHappy)).toBeCloseTo(0.943, 3);
    expect(toSimilarity(happy, sunny)).toBeCloseTo(0.257, 3);
    // [CLS] and [SEP] are counted.
    expect(promptTokens).toBe(7 + 8 + 7);
  });

  test('the same text has the same vector, alone, beside others, and as tokens', async () => {
    const text = 'That is a happy person';
    const [many, alone] = await Promise.all([
      embed(engine, ...Array.from({ length: 20 }, (_, index) => `Number ${index}`), text),
      embed(engine, text),
    ]);
    const tokens = [101, 2008, 2003, 1037, 3407, 2711, 102];
    const ids = await engine.embed({ id: 'two', inputs: [{ kind: 'tokens', tokens }] }, never);
    expect(many.vectors[20]).toEqual(alone.vectors[0]);
    expect(ids).toEqual(alone);
    expect(many.vectors).toHaveLength(21);
  });

  test('a short request does not wait for all of a long one', async () => {
    const ended: string[] = [];
    const long = embed(engine, ...Array.from({ length: 20 }, () => 'word '.repeat(60))).then(() =>
      ended.push('long'),
    );
    const short = embed(engine, 'Hello').then(() => ended.push('short'));
    await Promise.all([long, short]);
    expect(ended).toEqual(['short', 'long']);
  });

  test('nor for all the requests of another caller', async () => {
    let endedCount = 0;
    const crowd = Array.from({ length: 20 }, () =>
      embedFor(engine, 'crowd', 'one', 'two', 'three').then(() => {
        endedCount += 1;
      }),
    );
    await embedFor(engine, 'other', 'one', 'two', 'three');
    // The turns of the crowd's requests come one after another, so that none of them is done by then.
    expect(endedCount).toBe(0);
    await Promise.all(crowd);
  });

  test('the longest input fits, one token more and unknown tokens are refused', async () => {
    // `word` is one token; two more stand around.
    await expect(embed(engine, 'word '.repeat(510))).resolves.toMatchObject({ promptTokens: 512 });
    await expect(embed(engine, 'Hello', 'word '.repeat(511))).rejects.toThrow(
      /maximum context length is 512 tokens\. However, input 1 resulted in 513 tokens/,
    );
    await expect(embed(engine, 'x'.repeat(2_000_000))).rejects.toMatchObject({
      code: 'context_length_exceeded',
    });
    const unknown = engine.embed({ id: 'three', inputs: [{ kind: 'tokens', tokens: [40_000] }] }, never);
    await expect(unknown).rejects.toMatchObject({ code: 'unknown_prompt_token' });
    await expect(embed(engine, '')).resolves.toMatchObject({ promptTokens: 2 });
  });

  test('a request whose client left makes room for the next', async () => {
    const controller = new AbortController();
    const inputs = Array.from(
      { length: 200 },
      (): EmbeddingInput => ({ kind: 'text', text: 'word '.repeat(400) }),
    );
    const left = engine.embed({ id: 'four', inputs }, controller.signal);
    const next = embed(engine, 'Hello');
    await next;
    controller.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    await expect(embed(engine, 'Hello')).resolves.toEqual(await next);
  });

  test('tells tokens and text, and generates nothing', async () => {
    const input = {
      kind: 'text',
      text: 'A happy person',
      addsControlTokens: true,
      readsControlTokens: false,
    } as const;
    const { tokens, texts } = await engine.tokenizer.tokenize(input, never);
    expect(texts).toEqual(['[CLS]', '▁a', '▁happy', '▁person', '[SEP]']);
    expect(await engine.tokenizer.detokenize(tokens.slice(1, -1), never)).toBe(' a happy person');
    const request = createRequest('', {
      prompt: { kind: 'text', text: 'Hello', suffix: undefined, isEchoed: false },
      sampling: neutralSampling,
      maxTokens: 5,
    });
    await expect(engine.generate(request, never).events[Symbol.asyncIterator]().next()).rejects.toMatchObject(
      {
        code: 'unsupported_model',
      },
    );
    await expect(engine.countTokens(request, never)).rejects.toMatchObject({ code: 'unsupported_model' });
  });
});

test('a model that generates text makes no embeddings', async () => {
  const engine = await startEngine(testModelPath());
  try {
    await expect(embed(engine, 'Hello')).rejects.toMatchObject({ code: 'unsupported_model' });
    expect(engine.describe()).toMatchObject({ task: 'generate' });
  } finally {
    await engine.close(0);
  }
});
