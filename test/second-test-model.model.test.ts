import { afterAll, expect, test } from 'vitest';
import { neutralSampling, plainEnding } from '../src/backend/generation-request.ts';
import { EngineClient } from '../src/engine/engine-client.ts';
import { createEngineProcessStarter } from '../src/engine/engine-process-handle.ts';
import { findSecondTestModel } from './second-test-model.ts';

const model = await findSecondTestModel();
let engine: EngineClient | undefined;

afterAll(() => engine?.close(1_000));

test.skipIf(model === undefined)('the second test model says what it is', () => {
  expect(model?.facts).toMatchObject({
    architecture: 'gemma3',
    parameterCount: 268_098_176,
    contextLength: 32_768,
    layers: 18,
    headCount: 4,
    headCountKv: 1,
    keyLength: 256,
    quantization: 'Q4_K_M',
    vocabularySize: 262_144,
    isEmbedding: false,
    splitCount: 1,
  });
});

test.skipIf(model === undefined)('the engine loads it and generates', async () => {
  engine = new EngineClient({
    options: {
      modelPath: model?.path ?? '',
      slots: 1,
      contextLength: 512,
      threads: 1,
      flashAttention: true,
      batchTokensMax: 256,
      stepMsTarget: 120,
    },
    limits: {
      queueLengthMax: 1,
      queueWaitMsMax: 60_000,
      restartDelayMsMin: 50,
      restartDelayMsMax: 1000,
      loadMsMax: 100_000,
    },
    version: '0.0.0-test',
    startProcess: createEngineProcessStarter(process.env),
    log: () => undefined,
  });
  await engine.start();
  const events = engine.generate(
    {
      id: 'second',
      cacheKey: undefined,
      isFurtherChoice: false,
      prompt: { kind: 'chat', messages: [{ role: 'user', text: 'The capital of France is' }] },
      sampling: { ...neutralSampling, temperature: 0, seed: 1 },
      maxTokens: 8,
      topLogprobs: undefined,
      stop: [],
      outputFormat: undefined,
      grammar: undefined,
      toolUse: undefined,
      reasoning: undefined,
      templateVariables: {},
      continuesLastMessage: false,
      ending: plainEnding,
    },
    new AbortController().signal,
  );
  let text = '';
  let completionTokens = 0;
  for await (const event of events) {
    if (event.type === 'text-delta') text += event.text;
    if (event.type === 'finish') completionTokens = event.usage.completionTokens;
  }
  expect(text.trim()).not.toBe('');
  expect(completionTokens).toBeGreaterThan(0);
});
