import { expect, test } from 'vitest';
import { suggestModel } from './suggest-model.ts';

test.each([
  [64e9, 'llama3.1:8b-instruct-q4_K_M'],
  [16e9, 'llama3.1:8b-instruct-q4_K_M'],
  [4e9, 'phi4-mini:3.8b-q4_K_M'],
  [2e9, 'qwen2.5:1.5b-instruct-q4_K_M'],
  [0.5e9, 'qwen2.5:0.5b-instruct-q4_K_M'],
  [0.2e9, undefined],
])('with %d bytes of memory for models it is %s', (memoryBytes, name) => {
  const suggested = suggestModel(memoryBytes, []);
  expect(suggested?.name).toBe(name);
  expect(suggested?.fits ?? true).toBe(true);
});

test('a model that is installed is not suggested, nor a smaller one in its place', () => {
  expect(suggestModel(16e9, ['llama3.1:8b-instruct-q4_K_M'])).toBeUndefined();
});
