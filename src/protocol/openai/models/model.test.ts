import { expect, test } from 'vitest';
import { chatCapabilities } from '../../../../test/create-routed-model.ts';
import { type ModelEntry, modelListSchema, toModel, toModelList } from './model.ts';

const entry: ModelEntry = {
  name: 'smollm2:135m-instruct-q4_1',
  createdAtSeconds: 1_752_093_069,
  ownedBy: 'library',
  aliasOf: undefined,
  aliases: ['llama3.1:8b-instruct-fp16'],
  state: 'ready',
  backendKind: 'engine',
  readsImages: false,
  facts: {
    architecture: 'llama',
    parameterCount: 134_515_008,
    quantization: 'Q4_1',
    sizeBytes: 98_362_432,
    license: 'Apache-2.0',
    contextLength: 2048,
    capabilities: { ...chatCapabilities, reasoning: false },
  },
};

test('a list shows models, and for an alias what it stands for', () => {
  const alias = { ...entry, name: 'llama3.1:8b-instruct-fp16', aliasOf: entry.name };
  const list = toModelList([entry, alias]);
  expect(modelListSchema.strict().parse(list)).toEqual(list);
  const [model, aliased] = list.data;
  expect(model).toMatchObject({
    id: 'smollm2:135m-instruct-q4_1',
    object: 'model',
    created: 1_752_093_069,
    owned_by: 'library',
    aliases: ['llama3.1:8b-instruct-fp16'],
    state: 'ready',
    backend: 'engine',
    context_length: 2048,
    max_model_len: 2048,
    max_output_tokens: 2048,
    architecture: 'llama',
    parameter_count: 134_515_008,
    quantization: 'Q4_1',
    size_bytes: 98_362_432,
    license: 'Apache-2.0',
    modalities: { input: ['text'], output: ['text'] },
  });
  expect(model).not.toHaveProperty('alias_of');
  expect(aliased).toEqual({ ...model, id: 'llama3.1:8b-instruct-fp16', alias_of: entry.name });
});

test('a model that reads images says so', () => {
  expect(toModel({ ...entry, readsImages: true }).modalities).toEqual({
    input: ['text', 'image'],
    output: ['text'],
  });
});

test('parameters that a model can not honour are not among its own', () => {
  const { supported_parameters: names } = toModel(entry);
  expect(names).toEqual(expect.arrayContaining(['temperature', 'tools', 'response_format', 'logprobs']));
  const plain = { ...chatCapabilities, tools: false, logprobs: false, structuredOutputs: false };
  const { supported_parameters: fewer } = toModel({ ...entry, facts: { capabilities: plain } });
  for (const name of ['tools', 'tool_choice', 'response_format', 'guided_json', 'top_logprobs']) {
    expect(fewer).not.toContain(name);
  }
  expect(fewer).toContain('temperature');
});

test('what the source of a model sets is shown by the names of a request, and nothing that it leaves open', () => {
  expect(toModel(entry)).toMatchObject({ default_parameters: {}, default_system_message: null });
  const every = {
    temperature: 0,
    topP: 0.9,
    topK: 20,
    minP: 0.05,
    seed: 7,
    maxTokens: 100,
    stop: ['<end>'],
    frequencyPenalty: 0.1,
    presencePenalty: 0.2,
    repetitionPenalty: 1.1,
    systemText: 'Be kind.',
  };
  const shown = toModel({ ...entry, facts: { ...entry.facts, defaults: every } });
  expect(shown.default_system_message).toBe('Be kind.');
  expect(shown.default_parameters).toEqual({
    temperature: 0,
    top_p: 0.9,
    top_k: 20,
    min_p: 0.05,
    seed: 7,
    max_tokens: 100,
    stop: ['<end>'],
    frequency_penalty: 0.1,
    presence_penalty: 0.2,
    repetition_penalty: 1.1,
  });
  const few = toModel({ ...entry, facts: { ...entry.facts, defaults: { topK: 5, seed: undefined } } });
  expect(Object.entries(few.default_parameters)).toEqual([['top_k', 5]]);
});

test('what is not known is null, and a model that only embeds neither chats nor writes', () => {
  const capabilities = { ...chatCapabilities, chat: false, completions: false, embeddings: true };
  expect(toModel({ ...entry, state: 'draining', facts: { capabilities } })).toMatchObject({
    state: 'unloading',
    context_length: null,
    architecture: null,
    max_output_tokens: 0,
    modalities: { output: ['embedding'] },
    supported_parameters: [],
  });
});
