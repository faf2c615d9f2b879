import { expect, test } from 'vitest';
import type { SlotSampler } from '../model/binding.ts';
import { createTokenList, type Slot, type SlotRun } from './slot.ts';
import { planStep } from './step-plan.ts';

// Placement and planning never look at it.
const sampler = {} as SlotSampler;

function createSlot(sequence: number, run: Partial<SlotRun> | undefined, cached = 0): Slot {
  const cache = createTokenList(1000);
  cache.append(new Uint32Array(cached));
  return { sequence, sampler, cache, idleSinceMs: 0, cacheKey: undefined, run: run as SlotRun | undefined };
}

const prompt = (length: number) => new Uint32Array(length);

test('every stream goes on by one token, whatever is prefilled', () => {
  const slots = [
    createSlot(0, { arrival: 0, prompt: prompt(5), nextToken: 7 }, 5),
    createSlot(1, { arrival: 1, prompt: prompt(500), nextToken: undefined }),
    createSlot(2, { arrival: 2, prompt: prompt(5), nextToken: 8 }, 9),
  ];
  const entries = planStep(slots, 32);
  expect(entries.map(({ slot, tokens, wantsToken }) => [slot.sequence, tokens.length, wantsToken])).toEqual([
    [0, 1, true],
    [1, 32, false],
    [2, 1, true],
  ]);
});

test('prompts are evaluated in order of arrival, and the piece is filled up', () => {
  const slots = [
    createSlot(0, { arrival: 5, prompt: prompt(100), nextToken: undefined }),
    createSlot(1, { arrival: 3, prompt: prompt(30), nextToken: undefined }, 10),
    createSlot(2, { arrival: 9, prompt: prompt(100), nextToken: undefined }),
    createSlot(3, undefined),
  ];
  const entries = planStep(slots, 64);
  expect(entries.map(({ slot, tokens, wantsToken }) => [slot.sequence, tokens.length, wantsToken])).toEqual([
    [0, 44, false],
    [1, 20, true],
  ]);
});

test('nothing to do is an empty plan', () => {
  expect(planStep([createSlot(0, undefined)], 32)).toEqual([]);
});
