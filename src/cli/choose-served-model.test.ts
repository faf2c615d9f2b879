import { expect, it } from 'vitest';
import type { ServedModel } from '../protocol/openai/models/read-served-models.ts';
import { chooseServedModel } from './choose-served-model.ts';

function toModel(id: string, fields: Partial<ServedModel> & { readonly chat?: boolean } = {}): ServedModel {
  const { chat = true, ...others } = fields;
  return {
    id,
    state: 'unloaded',
    backend: 'engine',
    contextLength: 8192,
    capabilities: {
      chat,
      completions: true,
      tools: true,
      structured_outputs: true,
      reasoning: false,
      logprobs: true,
      embeddings: !chat,
    },
    ...others,
  };
}

const usual = 'smollm2:135m-instruct-q4_1';

it.each<[string, readonly ServedModel[], string | undefined, string | undefined]>([
  ['the one that was named', [toModel('a', { state: 'ready' }), toModel('b')], 'b', 'b'],
  ['a name without its quantization', [toModel('qwen3:8b-q4_K_M')], 'qwen3:8b', 'qwen3:8b-q4_K_M'],
  ['nothing else for a name', [toModel('a', { state: 'ready' })], 'b', undefined],
  ['the loaded one', [toModel(usual), toModel('b', { state: 'ready' })], undefined, 'b'],
  ['the loading one', [toModel(usual), toModel('b', { state: 'loading' })], undefined, 'b'],
  ['the usual one of several', [toModel(usual), toModel('b'), toModel('c')], undefined, usual],
  [
    'the usual one where several are loaded',
    [toModel('b', { state: 'ready' }), toModel(usual, { state: 'ready' })],
    undefined,
    usual,
  ],
  [
    'not one of another server, which is always ready',
    [toModel('b', { state: 'ready', backend: 'upstream' }), toModel(usual)],
    undefined,
    usual,
  ],
  [
    'not a loaded one that writes nothing',
    [toModel('b', { state: 'ready', chat: false }), toModel('c')],
    undefined,
    'c',
  ],
  ['nothing, where it is a guess', [toModel('b'), toModel('c')], undefined, undefined],
])('%s', (_, served, wanted, expected) => {
  expect(chooseServedModel(served, { wanted, usual })?.id).toBe(expected);
});
