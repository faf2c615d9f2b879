import { expect, test } from 'vitest';
import { toFullModelName } from './full-model-name.ts';

test.each([
  ['smollm2', 'smollm2:135m-instruct-q4_1'],
  ['SmolLM2:135M-instruct-q4_1', 'SmolLM2:135M-instruct-q4_1'],
  ['ollama:qwen2.5', 'ollama:qwen2.5:latest'],
  ['ollama:qwen2.5:7b', 'ollama:qwen2.5:7b'],
  ['hf:owner/repository', 'hf:owner/repository'],
  ['./model.gguf', './model.gguf'],
  ['https://models.example/a.gguf', 'https://models.example/a.gguf'],
  ['nobody', 'nobody'],
  ['', ''],
  ['a'.repeat(2_000), 'a'.repeat(2_000)],
])('%s is %s', (written, name) => {
  expect(toFullModelName(written)).toBe(name);
});
