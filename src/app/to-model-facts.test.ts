import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GgufFacts } from '../catalog/gguf/gguf-facts.ts';
import { readModelParameters } from '../catalog/library/model-parameters.ts';
import { chatCompletionRequestSchema } from '../protocol/openai/chat/chat-completion-request.ts';
import { toDefaultParameters } from '../protocol/openai/models/default-parameters.ts';
import { toModelDefaults, toModelFacts } from './to-model-facts.ts';

const facts: GgufFacts = {
  architecture: 'llama',
  parameterCount: 1,
  splitCount: 1,
  sizeBytes: 1,
  isEmbedding: false,
  hasVision: false,
};

const parameters = {
  temperature: 0.6,
  topP: 0.9,
  topK: 20,
  minP: 0,
  repeatPenalty: 1.1,
  seed: 1,
  maxTokens: 9,
  presencePenalty: 0.5,
  frequencyPenalty: 0.25,
  stop: ['<end>'],
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

test('whatever a source may set a request may say: a backend relies on the ranges', () => {
  const names = ['temperature', 'top_p', 'top_k', 'min_p', 'repeat_penalty', 'presence_penalty'];
  const others = ['frequency_penalty', 'seed', 'num_predict'];
  const number = fc.oneof(
    fc.constantFrom(-2.01, -2, -1, 0, 0.5, 1, 1.01, 2, 2.01, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53),
    fc.double({ noNaN: true }),
    fc.integer(),
  );
  const request = chatCompletionRequestSchema.pick({
    temperature: true,
    top_p: true,
    top_k: true,
    min_p: true,
    repetition_penalty: true,
    presence_penalty: true,
    frequency_penalty: true,
    seed: true,
    max_tokens: true,
    stop: true,
  });
  fc.assert(
    fc.property(fc.constantFrom(...names, ...others), number, (name, value) => {
      const read = readModelParameters(JSON.stringify({ [name]: value }));
      const defaults = toModelDefaults({ facts, parameters: read.parameters, systemText: undefined });
      const said = toDefaultParameters(defaults ?? {});
      expect(request.parse(said)).toEqual(said);
    }),
    { numRuns: 2_000 },
  );
});

test('they are among the facts of the model', () => {
  const model = {
    name: 'a',
    path: '/a',
    sizeBytes: 1,
    sha256: 'a',
    mtimeMs: 0,
    license: undefined,
    origin: '',
    parameters: { topK: 5 },
    unusedNames: [],
    systemText: undefined,
    facts,
    files: [],
  };
  expect(toModelFacts(model, { contextLength: undefined }).defaults).toEqual({ topK: 5 });
});
