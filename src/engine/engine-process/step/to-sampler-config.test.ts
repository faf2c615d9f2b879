import { expect, test } from 'vitest';
import { neutralSampling } from '../../../backend/generation-request.ts';
import { toSamplerConfig } from './to-sampler-config.ts';

const facts = { contextLength: 512, vocabularySize: 1000 };

test('what is off is left out, for the native chain would take time for it', () => {
  expect(toSamplerConfig({ ...neutralSampling, seed: 7 }, facts)).toEqual({ temperature: 1, seed: 7 });
  expect(toSamplerConfig({ ...neutralSampling, seed: 7, topK: 1000 }, facts)).toEqual({
    temperature: 1,
    seed: 7,
  });
});

test('what is on is there', () => {
  const logitBias = new Map([[3, -1]]);
  expect(
    toSamplerConfig(
      { ...neutralSampling, temperature: 0, seed: 7, topP: 0, topK: 999, minP: 0.1, logitBias },
      facts,
    ),
  ).toEqual({ temperature: 0, seed: 7, topP: 0, topK: 999, minP: 0.1, biases: logitBias });
});

test.each([
  [{ frequencyPenalty: -0.5 }, { frequency: -0.5, presence: 0, repetition: 1 }],
  [{ presencePenalty: 0.5 }, { frequency: 0, presence: 0.5, repetition: 1 }],
  [{ repetitionPenalty: 1.1 }, { frequency: 0, presence: 0, repetition: 1.1 }],
])('one penalty brings all three, over the whole context: %j', (sampling, penalties) => {
  expect(toSamplerConfig({ ...neutralSampling, ...sampling }, facts)).toMatchObject({
    penalties: { ...penalties, tokensMax: 512 },
  });
});
