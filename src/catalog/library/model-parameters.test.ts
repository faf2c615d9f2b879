import { expect, test } from 'vitest';
import { ModelCheckError } from '../gguf/model-check-error.ts';
import { modelParametersSchema, readModelParameters } from './model-parameters.ts';

function read(entries: Readonly<Record<string, unknown>>) {
  return readModelParameters(JSON.stringify(entries));
}

test('every default of a request is taken, a zero too', () => {
  const entries = {
    temperature: 0,
    top_p: 0.9,
    top_k: 40,
    min_p: 0,
    repeat_penalty: 1.1,
    seed: 42,
    presence_penalty: 1.5,
    frequency_penalty: -0.5,
    num_predict: 128,
    stop: ['<a>', '<b>'],
  };
  expect(read(entries)).toEqual({
    parameters: {
      temperature: 0,
      topP: 0.9,
      topK: 40,
      minP: 0,
      repeatPenalty: 1.1,
      seed: 42,
      presencePenalty: 1.5,
      frequencyPenalty: -0.5,
      maxTokens: 128,
      stop: ['<a>', '<b>'],
    },
    unusedNames: [],
  });
});

test('one stop sequence may be a text, and what is off in Ollama is off here', () => {
  expect(read({ stop: '<a>', top_k: -1, seed: -1, num_predict: -2, temperature: null })).toEqual({
    parameters: { stop: ['<a>'], topK: 0 },
    unusedNames: [],
  });
});

test("settings of Ollama's runner, and what is unknown, are named and set nothing", () => {
  const entries = { num_ctx: 4096, mirostat: 1, repeat_last_n: 64, constructor: 1 };
  expect(read({ ...entries, temperature: 0.5 })).toEqual({
    parameters: { temperature: 0.5 },
    unusedNames: ['num_ctx', 'mirostat', 'repeat_last_n', 'constructor'],
  });
});

test.each([
  { temperature: 2.5 },
  { temperature: -1 },
  { temperature: '0.5' },
  { top_p: 1.1 },
  { top_k: 1.5 },
  { top_k: -2 },
  { min_p: 2 },
  { repeat_penalty: 0 },
  { presence_penalty: 3 },
  { seed: 0.5 },
  { num_predict: 0 },
  { stop: [''] },
  { stop: [1] },
  { stop: Array(65).fill('a') },
])('a value that no request may have is named, and spoils nothing else: %j', (entries) => {
  const { parameters, unusedNames } = read({ ...entries, seed: 1, ...entries });
  expect(unusedNames).toEqual(Object.keys(entries));
  expect(Object.keys(parameters)).toEqual('seed' in entries ? [] : ['seed']);
});

test.each(['', '[]', '"a"', '{', 'null'])('what is no object is damage: %s', (text) => {
  expect(() => readModelParameters(text)).toThrow(ModelCheckError);
});

test('names that are told have a bound', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}`.repeat(99), 1]));
  const { unusedNames } = read(many);
  expect(unusedNames.length).toBe(64);
  expect(Math.max(...unusedNames.map((name) => name.length))).toBe(64);
});

test('a manifest of an earlier version is read without what it has wrong', () => {
  const old = { temperature: 3, topK: -1, contextLength: 4096, stop: ['a'] };
  expect(modelParametersSchema.parse(old)).toEqual({ stop: ['a'] });
});
