import { expect, test } from 'vitest';
import type { GgufFacts } from '../catalog/gguf/gguf-facts.ts';
import { toModelDefaults } from './to-model-defaults.ts';
import { toModelFacts } from './to-model-facts.ts';

const facts: GgufFacts = {
  ...{ architecture: 'llama', parameterCount: 1, splitCount: 1, sizeBytes: 1 },
  ...{ isEmbedding: false, hasVision: false },
};

const parameters = {
  ...{ temperature: 0.6, topP: 0.9, topK: 20, minP: 0, repeatPenalty: 1.1, seed: 1, maxTokens: 9 },
  ...{ presencePenalty: 0.5, frequencyPenalty: 0.25, stop: ['<end>'] },
};

test('everything that the source sets, in our words', () => {
  const { repeatPenalty, ...others } = parameters;
  expect(toModelDefaults({ facts, parameters, systemText: 'Be kind.' })).toEqual({
    ...others,
    repetitionPenalty: repeatPenalty,
    systemText: 'Be kind.',
  });
});

test('nothing where the source sets nothing, and where no text is made', () => {
  expect(toModelDefaults({ facts, parameters: undefined, systemText: undefined })).toBeUndefined();
  expect(toModelDefaults({ facts, parameters: {}, systemText: undefined })).toBeUndefined();
  const embedding = { ...facts, isEmbedding: true };
  expect(toModelDefaults({ facts: embedding, parameters, systemText: 'a' })).toBeUndefined();
});

test('they are among the facts of the model', () => {
  const model = {
    ...{ name: 'a', path: '/a', sizeBytes: 1, sha256: 'a', mtimeMs: 0, license: undefined, origin: '' },
    ...{ parameters: { topK: 5 }, unusedNames: [], systemText: undefined, facts, files: [] },
  };
  expect(toModelFacts(model, { contextLength: undefined }).defaults).toEqual({ topK: 5 });
});
