import { expect, test } from 'vitest';
import { assertModelFits, estimateMemoryBytes, readMachineMemoryBytes } from './assert-model-fits.ts';
import type { GgufFacts } from './gguf/gguf-facts.ts';

const facts: GgufFacts = {
  architecture: 'llama',
  parameterCount: 8_030_261_248,
  layers: 32,
  headCountKv: 8,
  keyLength: 128,
  valueLength: 128,
  isEmbedding: false,
  splitCount: 1,
  sizeBytes: 16_000_000_000,
  hasVision: false,
};

test('the need is the weights and the cache of the context', () => {
  // 32 layers, 8 heads of 128 + 128 numbers of 2 bytes: 128 KiB a token, as llama.cpp prints it for this model.
  expect(estimateMemoryBytes(facts, 1) - facts.sizeBytes).toBe(131_072);
  expect(estimateMemoryBytes({ ...facts, layers: undefined })).toBe(facts.sizeBytes);
});

test('a model larger than the machine is refused with both figures', () => {
  expect(() => assertModelFits('llama3.1:8b', facts, 16_000_000_000)).toThrow(
    'The model llama3.1:8b needs at least 16.1 GB of memory, and this machine has 16.0 GB.',
  );
  expect(() => assertModelFits('llama3.1:8b', facts, 17_000_000_000)).not.toThrow();
});

test('this machine has some memory', () => {
  expect(readMachineMemoryBytes()).toBeGreaterThan(100_000_000);
});
