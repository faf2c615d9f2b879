import { expect, test } from 'vitest';
import { isModelName, modelNameCharactersMax } from './model-name.ts';

test.each([
  'mine',
  'mine:latest',
  'hf:owner/repository:Q4_K_M',
  'a/b@main',
  'x'.repeat(modelNameCharactersMax),
])('%s is a name', (text) => {
  expect(isModelName(text)).toBe(true);
});

test.each([
  '',
  'two words',
  'a,b',
  'a=b',
  '-flag',
  'a//b',
  'a/../b',
  'a:',
  '/a',
  'é',
  'a\n',
  'x'.repeat(modelNameCharactersMax + 1),
])('%j is none', (text) => {
  expect(isModelName(text)).toBe(false);
});
