import { expect, test } from 'vitest';
import { type GenerationRequest, neutralSampling, plainRules } from '../../../backend/generation-request.ts';
import { textContent } from '../../../backend/message-content.ts';
import type { EngineFacts } from '../../engine-message.ts';
import type { Vocabulary } from '../model/vocabulary.ts';
import { addTurnEnd } from './add-turn-end.ts';

const request: GenerationRequest = {
  id: 'one',
  cacheKey: undefined,
  isFurtherChoice: false,
  prompt: { kind: 'chat', messages: [{ role: 'user', content: textContent('Hi') }] },
  sampling: neutralSampling,
  maxTokens: undefined,
  topLogprobs: undefined,
  stop: ['own'],
  outputFormat: undefined,
  grammar: undefined,
  toolUse: undefined,
  ...plainRules,
};

function stopsOf(changes: Partial<GenerationRequest>, hasOwnTemplate = false, texts: readonly string[] = []) {
  const controlTokens = texts.map((text, id) => ({ id, text, stripLeft: false, stripRight: false }));
  const model = {
    facts: { hasOwnTemplate } as EngineFacts,
    vocabulary: { controlTokens } as unknown as Vocabulary,
  };
  return addTurnEnd(model, { ...request, ...changes }).stop;
}

test('the sign that ends a turn stops a model that knows it as text only', () => {
  expect(stopsOf({})).toEqual(['own', '<|im_end|>']);
  expect(stopsOf({}, true)).toEqual(['own']);
  expect(stopsOf({}, false, ['<|im_end|>'])).toEqual(['own']);
});

test('it does not stop what is no conversation, has a grammar or is not to end', () => {
  expect(stopsOf({ prompt: { kind: 'tokens', tokens: [1], isEchoed: false } })).toEqual(['own']);
  expect(stopsOf({ grammar: 'root ::= "a"' })).toEqual(['own']);
  expect(stopsOf({ ending: { ...request.ending, isEndBarred: true } })).toEqual(['own']);
});
