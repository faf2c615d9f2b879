import { expect, test } from 'vitest';
import { createRequest } from '../../../test/create-request.ts';
import { chatCapabilities } from '../../../test/create-routed-model.ts';
import type { RequestedGeneration } from '../../backend/requested-generation.ts';
import { boundOpenAnswer } from './bound-open-answer.ts';

const plain = { capabilities: { ...chatCapabilities, reasoning: false } };
const thinking = { capabilities: chatCapabilities };
const bounds = { maxTokensDefault: 4_096, repetitionStop: true };
const open = createRequest('Hi', { maxTokens: undefined });

const bound = (changes: Partial<RequestedGeneration>, facts = plain, own: object = bounds) => {
  const { maxTokensDefault, endsLoops } = boundOpenAnswer({ ...open, ...changes }, facts, own);
  return { maxTokensDefault, endsLoops };
};

test('a text of open length has the tokens of the setting, and ends where it repeats itself', () => {
  expect(bound({})).toEqual({ maxTokensDefault: 4_096, endsLoops: true });
  expect(bound({ endsLoops: false })).toEqual({ maxTokensDefault: 4_096, endsLoops: false });
  expect(bound({}, plain, { maxTokensDefault: 0, repetitionStop: false })).toEqual({});
});

test('an object without a schema is as open as a text', () => {
  const format = { kind: 'json-object' } as const;
  expect(bound({ outputFormat: format })).toEqual({ maxTokensDefault: 4_096, endsLoops: true });
  expect(bound({ outputFormat: format }, thinking).maxTokensDefault).toBeUndefined();
});

test('a form that ends, calls and thoughts have all that there is', () => {
  const format = { kind: 'choice', choices: ['yes', 'no'] } as const;
  const all = { maxTokensDefault: undefined, endsLoops: true };
  expect(bound({}, thinking)).toEqual(all);
  expect(bound({ outputFormat: format })).toEqual(all);
});

test('a length that was asked for is left alone', () => {
  const ending = { minTokens: 0, stopTokens: [], isEndBarred: true };
  for (const changes of [{ maxTokens: 9_000 }, { ending }, { ending: { ...ending, minTokens: 3 } }]) {
    expect(bound(changes)).toEqual({});
  }
  expect(bound({ maxTokensDefault: 16 })).toEqual({ maxTokensDefault: 16 });
  expect(bound({ maxTokens: 9_000, endsLoops: true }).endsLoops).toBe(true);
});
