import { describe, expect, test } from 'vitest';
import { toRequest } from '../../../test/scripted-chat.ts';
import { type GenerationPrompt, neutralSampling } from '../../backend/generation-request.ts';
import { textContent } from '../../backend/message-content.ts';
import type { ModelDefaults } from '../../backend/model-defaults.ts';
import type { RequestedGeneration, RequestedSampling } from '../../backend/requested-generation.ts';
import { applyModelDefaults } from './apply-model-defaults.ts';

const open: RequestedSampling = {
  temperature: undefined,
  topP: undefined,
  topK: undefined,
  minP: undefined,
  seed: undefined,
  frequencyPenalty: undefined,
  presencePenalty: undefined,
  repetitionPenalty: undefined,
  logitBias: undefined,
};

const ownSampling = {
  temperature: 0.6,
  topP: 0.95,
  topK: 20,
  minP: 0.05,
  seed: 7,
  frequencyPenalty: 0.1,
  presencePenalty: 1.5,
  repetitionPenalty: 1.1,
};

const defaults: ModelDefaults = { ...ownSampling, stop: ['<end>'], maxTokens: 100, systemText: 'Be kind.' };

function toOpen(more: Partial<RequestedGeneration> = {}): RequestedGeneration {
  return { ...toRequest({ outputFormat: undefined }), sampling: open, stop: undefined, ...more };
}

function toMessages(prompt: GenerationPrompt) {
  return prompt.kind === 'chat' ? prompt.messages : [];
}

describe('what a request leaves open', () => {
  test("is the model's default, where it has one", () => {
    const { sampling, stop, maxTokens } = applyModelDefaults(toOpen({ maxTokensDefault: 16 }), defaults);
    expect(sampling).toEqual({ ...ownSampling, logitBias: new Map() });
    expect([stop, maxTokens]).toEqual([['<end>'], 100]);
  });

  test.each([undefined, {}, { temperature: undefined, stop: undefined }])('is ours for %j', (own) => {
    const request = applyModelDefaults(toOpen({ maxTokensDefault: 16 }), own);
    const openSampling = new Set(Object.keys(open));
    expect(request).toEqual({
      ...toOpen(),
      sampling: neutralSampling,
      openSampling,
      stop: [],
      maxTokens: 16,
    });
    expect(request).not.toHaveProperty('maxTokensDefault');
    expect(applyModelDefaults(toOpen(), own).maxTokens).toBeUndefined();
  });

  test('is each decided on its own', () => {
    const request = toOpen({ sampling: { ...open, topK: 5 } });
    const { sampling } = applyModelDefaults(request, { temperature: 0.5, topK: 20 });
    expect(sampling).toEqual({ ...neutralSampling, temperature: 0.5, topK: 5 });
  });

  test('is named, so that a remote server may have a default of its own', () => {
    const { openSampling } = applyModelDefaults(toOpen({ sampling: { ...open, topK: 5 } }), defaults);
    expect(openSampling).toEqual(new Set(Object.keys(open).filter((name) => name !== 'topK')));
    expect(applyModelDefaults(toRequest(), defaults).openSampling).toBeUndefined();
  });
});

describe("a request's own field", () => {
  test('always wins, a zero and an empty list too', () => {
    const own: RequestedSampling = {
      temperature: 0,
      topP: 0,
      topK: 0,
      minP: 0,
      seed: 0,
      frequencyPenalty: 0,
      presencePenalty: 0,
      repetitionPenalty: 1,
      logitBias: new Map([[1, 2]]),
    };
    const request = toOpen({ sampling: own, stop: [], maxTokens: 0, maxTokensDefault: 16 });
    const { sampling, stop, maxTokens } = applyModelDefaults(request, defaults);
    expect(sampling).toEqual(own);
    expect([stop, maxTokens]).toEqual([[], 0]);
    expect(applyModelDefaults(toOpen({ stop: ['a'] }), defaults).stop).toEqual(['a']);
  });

  test('of stop sequences holds for a form too, those of the model do not', () => {
    const outputFormat = { kind: 'json-object' } as const;
    expect(applyModelDefaults(toOpen({ outputFormat }), defaults).stop).toEqual([]);
    expect(applyModelDefaults(toOpen({ outputFormat, stop: ['a'] }), defaults).stop).toEqual(['a']);
  });
});

describe("the model's system message", () => {
  test('comes first in a conversation that does not begin with one', () => {
    const asked = toMessages(toOpen().prompt);
    const { prompt } = applyModelDefaults(toOpen(), defaults);
    expect(toMessages(prompt)).toEqual([{ role: 'system', content: textContent('Be kind.') }, ...asked]);
  });

  test('gives way to any of the request, an empty one too', () => {
    const messages = [
      { role: 'system', content: textContent('') },
      { role: 'user', content: textContent('Hello') },
    ] as const;
    const { prompt } = applyModelDefaults(toOpen({ prompt: { kind: 'chat', messages } }), defaults);
    expect(toMessages(prompt)).toEqual(messages);
  });

  test.each<GenerationPrompt>([
    { kind: 'text', text: 'a', isEchoed: false, suffix: undefined },
    { kind: 'tokens', tokens: [1], isEchoed: false },
  ])('is no part of a raw prompt: %j', (prompt) => {
    expect(applyModelDefaults(toOpen({ prompt }), defaults).prompt).toEqual(prompt);
  });
});
