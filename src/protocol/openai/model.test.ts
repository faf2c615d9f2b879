import { expect, test } from 'vitest';
import { chatCapabilities } from '../../../test/create-deployment.ts';
import { type ModelEntry, modelListSchema, toModel, toModelList } from './model.ts';

const entry: ModelEntry = {
  name: 'smollm2:135m-instruct-q4_1',
  createdAtSeconds: 1_752_093_069,
  ownedBy: 'library',
  aliasOf: undefined,
  aliases: ['llama3.1:8b-instruct-fp16'],
  state: 'ready',
  backendKind: 'engine',
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
