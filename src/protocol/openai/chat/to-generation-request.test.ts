import { expect, test } from 'vitest';
import { messagesOf } from '../../../../test/messages-of.ts';
import { textContent } from '../../../backend/message-content.ts';
import type { ChatCompletionRequest } from './chat-completion-request.ts';
import { toGenerationRequest } from './to-generation-request.ts';

const least: ChatCompletionRequest = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };

test('what is absent is left open for the model', () => {
  expect(toGenerationRequest(least, 'chatcmpl-1')).toEqual({
    id: 'chatcmpl-1',
    cacheKey: undefined,
    isFurtherChoice: false,
    prompt: { kind: 'chat', messages: [{ role: 'user', content: textContent('Hello') }] },
    sampling: {},
    maxTokens: undefined,
    topLogprobs: undefined,
    stop: undefined,
    outputFormat: undefined,
    grammar: undefined,
    toolUse: undefined,
    reasoning: undefined,
    templateVariables: {},
    continuesLastMessage: false,
    ending: { minTokens: 0, stopTokens: [], isEndBarred: false },
    prediction: undefined,
  });
});

test('null means absent', () => {
  const nulls = {
    temperature: null,
    top_p: null,
    top_k: null,
    min_p: null,
    frequency_penalty: null,
    presence_penalty: null,
    repetition_penalty: null,
    repeat_penalty: null,
    logit_bias: null,
    seed: null,
    stop: null,
    max_tokens: null,
    max_completion_tokens: null,
    stream: null,
    stream_options: null,
  };
  expect(toGenerationRequest({ ...least, ...nulls }, 'a')).toEqual(toGenerationRequest(least, 'a'));
});

test('every parameter arrives, a zero too', () => {
  const request: ChatCompletionRequest = {
    ...least,
    temperature: 0,
    top_p: 0,
    top_k: 3,
    min_p: 0.5,
    frequency_penalty: 0.25,
    presence_penalty: -2,
    repeat_penalty: 1.5,
    logit_bias: { 0: -100, 50256: 2.5 },
    seed: 0,
    stop: 'a',
    max_tokens: 7,
  };
  expect(toGenerationRequest(request, 'a')).toMatchObject({
    sampling: {
      temperature: 0,
      topP: 0,
      topK: 3,
      minP: 0.5,
      frequencyPenalty: 0.25,
      presencePenalty: -2,
      repetitionPenalty: 1.5,
      logitBias: new Map([
        [0, -100],
        [50256, 2.5],
      ]),
      seed: 0,
    },
    maxTokens: 7,
    stop: ['a'],
  });
  const other: ChatCompletionRequest = {
    ...least,
    top_k: -1,
    repetition_penalty: 0.5,
    seed: -3,
    stop: ['a', 'b'],
    max_completion_tokens: 9,
  };
  expect(toGenerationRequest(other, 'a')).toMatchObject({
    sampling: { topK: 0, repetitionPenalty: 0.5, seed: -3 },
    maxTokens: 9,
    stop: ['a', 'b'],
  });
});

test('an output format is passed on, and its wire names are not', () => {
  const format = { kind: 'json-object' } as const;
  const request: ChatCompletionRequest = { ...least, response_format: { type: 'json_object' } };
  expect(toGenerationRequest(request, 'a', format)).toEqual({
    ...toGenerationRequest(least, 'a'),
    outputFormat: format,
  });
});

test.each<[Partial<ChatCompletionRequest>, number | undefined]>([
  [{}, undefined],
  [{ logprobs: null, top_logprobs: null }, undefined],
  [{ logprobs: false, top_logprobs: 0 }, undefined],
  [{ logprobs: true }, 0],
  [{ logprobs: true, top_logprobs: 20 }, 20],
])('log-probabilities of %j', (fields, topLogprobs) => {
  expect(toGenerationRequest({ ...least, ...fields }, 'a').topLogprobs).toBe(topLogprobs);
});

test.each<[Partial<ChatCompletionRequest>, string | undefined]>([
  [{ user: null, prompt_cache_key: null }, undefined],
  [{ user: 'a' }, 'a'],
  [{ user: 'a', prompt_cache_key: 'b' }, 'b'],
  [{ safety_identifier: 'a' }, 'a'],
  [{ safety_identifier: 'a', user: 'b' }, 'b'],
  [{ safety_identifier: 'a', prompt_cache_key: 'b' }, 'b'],
])('the cache key of %j', (fields, cacheKey) => {
  expect(toGenerationRequest({ ...least, ...fields }, 'a').cacheKey).toBe(cacheKey);
});

test('developer is system, parts are lines, a refusal is text', () => {
  const messages: ChatCompletionRequest['messages'] = [
    { role: 'system', content: 'a' },
    { role: 'developer', content: [{ type: 'text', text: 'b' }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'c' },
        { type: 'text', text: 'd' },
      ],
    },
    { role: 'assistant', content: null, refusal: 'e' },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'f' },
        { type: 'refusal', refusal: 'g' },
      ],
    },
    { role: 'assistant', content: 'h', refusal: null },
  ];
  expect(messagesOf(toGenerationRequest({ ...least, messages }, 'a'))).toEqual([
    { role: 'system', content: textContent('a') },
    { role: 'system', content: textContent('b') },
    { role: 'user', content: [...textContent('c'), ...textContent('d')] },
    { role: 'assistant', content: textContent('e') },
    { role: 'assistant', content: [...textContent('f'), ...textContent('g')] },
    { role: 'assistant', content: textContent('h') },
  ]);
});
