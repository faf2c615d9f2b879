import { expect, test } from 'vitest';
import { generateOnce } from './generate-once.ts';
import { findSecondTestModel } from './second-test-model.ts';

const model = await findSecondTestModel();

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
  const { text, completionTokens } = await generateOnce(model?.path ?? '', 'The capital of France is');
  // It knows no turns, and writes their sign as text where it thinks that one is over.
  expect(text).not.toContain('<|');
  expect(completionTokens).toBeGreaterThan(0);
});
