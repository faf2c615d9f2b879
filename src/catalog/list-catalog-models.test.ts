import { expect, test } from 'vitest';
import { defaultModelName } from './catalog.ts';
import { findCatalogModel, listCatalogModels } from './list-catalog-models.ts';
import { modelFamilies } from './model-families.ts';

const models = listCatalogModels();

test('names are in the form family:size-variant-quant, and no two are the same in small letters', () => {
  for (const { name, family } of models) {
    expect(name).toMatch(/^[a-z0-9.-]+:\d[a-zA-Z0-9._-]*$/);
    expect(name.startsWith(`${family}:`)).toBe(true);
  }
  expect(new Set(models.map(({ name }) => name.toLowerCase())).size).toBe(models.length);
});

test('the recommended model is the one of the seeds', () => {
  expect(findCatalogModel('llama3.1:8b-instruct-fp16')).toEqual({
    name: 'llama3.1:8b-instruct-fp16',
    family: 'llama3.1',
    description: 'Llama 3.1 by Meta, in eight languages',
    parameterSize: '8B',
    quantization: 'F16',
    contextLength: 131_072,
    license: 'Llama-3.1',
    capabilities: ['chat', 'tools'],
    sizeBytes: undefined,
    source: { kind: 'ollama', name: 'library/llama3.1', tag: '8b-instruct-fp16' },
  });
});

test('the default model has its size, and comes from its own entry', () => {
  expect(findCatalogModel(defaultModelName)).toMatchObject({
    parameterSize: '135M',
    quantization: 'Q4_1',
    contextLength: 8192,
    sizeBytes: 98_362_432,
    source: undefined,
  });
});

test.each([
  ['llama3.1', 'llama3.1:8b-instruct-q4_K_M'],
  ['llama3.1:latest', 'llama3.1:8b-instruct-q4_K_M'],
  ['llama3.1:70b', 'llama3.1:70b-instruct-q4_K_M'],
  ['qwen3:0.6b', 'qwen3:0.6b-q4_K_M'],
  ['QWEN3:0.6B-Q8_0', 'qwen3:0.6b-q8_0'],
  ['smollm2', 'smollm2:135m-instruct-q4_1'],
  ['all-minilm', 'all-minilm:22m-l6-v2-fp16'],
])('%s stands for %s', (name, expected) => {
  expect(findCatalogModel(name)?.name).toBe(expected);
});

test.each(['llama', 'llama3.1:9b', 'llama3.1:8', '', ':', 'llama3.1:'])('%j is no model', (name) => {
  expect(findCatalogModel(name)).toBeUndefined();
});

test('files of Hugging Face are named for each quantization of a size that has any', () => {
  for (const { sizes } of modelFamilies) {
    for (const { huggingFace, quantizations } of sizes) {
      if (huggingFace !== undefined) expect(Object.keys(huggingFace.files)).toEqual([...quantizations]);
    }
  }
  expect(findCatalogModel('gpt-oss:20b')?.source).toEqual({
    kind: 'huggingface',
    repository: 'ggml-org/gpt-oss-20b-GGUF',
    file: 'gpt-oss-20b-mxfp4.gguf',
  });
});
