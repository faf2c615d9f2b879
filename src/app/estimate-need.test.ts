import { expect, test } from 'vitest';
import type { GgufFacts } from '../catalog/gguf/gguf-facts.ts';
import { estimateNeedBytes } from './estimate-need.ts';

const mebibyte = 1024 ** 2;
/** A token takes a mebibyte in all layers. */
const facts: GgufFacts = {
  architecture: 'llama',
  parameterCount: 1,
  contextLength: 4096,
  layers: 32,
  headCountKv: 8,
  keyLength: 1024,
  valueLength: 1024,
  isEmbedding: false,
  splitCount: 1,
  sizeBytes: 100 * mebibyte,
  hasVision: false,
};

const plenty = { slots: 2, contextLength: undefined, memoryBytesMax: 1e15 };
const toMebibytes = (bytes: number) => bytes / mebibyte;

test('weights, the cache of all slots, and what every process has', () => {
  expect(toMebibytes(estimateNeedBytes(facts, plenty))).toBe(100 + 96 + 2 * 4096);
  expect(toMebibytes(estimateNeedBytes(facts, { ...plenty, contextLength: 1000 }))).toBe(100 + 96 + 2000);
  expect(toMebibytes(estimateNeedBytes({ ...facts, contextLength: 100_000 }, plenty))).toBe(196 + 2 * 8192);
});

test('a context that is free is halved until it fits; one that the operator has set is not', () => {
  const tight = { ...plenty, memoryBytesMax: 3000 * mebibyte };
  expect(toMebibytes(estimateNeedBytes(facts, tight))).toBe(196 + 2 * 1024);
  expect(toMebibytes(estimateNeedBytes(facts, { ...tight, contextLength: 4096 }))).toBe(196 + 2 * 4096);
  expect(toMebibytes(estimateNeedBytes(facts, { ...plenty, memoryBytesMax: 1 }))).toBe(196 + 2 * 512);
});
