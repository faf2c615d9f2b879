import { describe, expect, test } from 'vitest';
import type { SlotSampler } from '../model/binding.ts';
import { placeRequest } from './prompt-cache.ts';
import { createTokenList, type Slot, type SlotRun } from './slot.ts';

const range = (from: number, to: number) =>
  Uint32Array.from({ length: to - from }, (_, index) => from + index);

// Placement and planning never look at it.
const sampler = {} as SlotSampler;

function createSlot(
  sequence: number,
  tokens: Uint32Array,
  idleSinceMs: number,
  isBusy = false,
  cacheKey?: string,
): Slot {
  const cache = createTokenList(4096);
  cache.append(tokens);
  return {
    sequence,
    sampler,
    cache,
    cacheKey,
    idleSinceMs,
    run: isBusy ? ({} as SlotRun) : undefined,
  };
}

describe('placement', () => {
  test("a conversation's next turn goes back to its slot", () => {
    const slots = [createSlot(0, range(0, 100), 1), createSlot(1, range(500, 900), 2)];
    const next = Uint32Array.from([...range(500, 900), 7, 8, 9]);
    expect(placeRequest(slots, next)).toMatchObject({
      slot: slots[1],
      copyFrom: undefined,
      cachedTokens: 400,
    });
  });

  test('at least the last token is evaluated, also when all of the prompt is cached', () => {
    const slots = [createSlot(0, range(0, 100), 1)];
    expect(placeRequest(slots, range(0, 100))?.cachedTokens).toBe(99);
    expect(placeRequest(slots, range(0, 1))?.cachedTokens).toBe(0);
  });

  test('a new conversation takes the slot that has been idle longest, an empty one first', () => {
    const slots = [
      createSlot(0, range(0, 100), 9),
      createSlot(1, range(200, 300), 3),
      createSlot(2, range(0, 0), 5),
    ];
    expect(placeRequest(slots, range(700, 800))?.slot).toBe(slots[2]);
    expect(placeRequest(slots.slice(0, 2), range(700, 800))?.slot).toBe(slots[1]);
  });

  test('a shared beginning is copied and costs no conversation its cache', () => {
    const long = createSlot(0, range(0, 2000), 9);
    const idle = createSlot(1, range(5000, 5100), 1);
    const other = Uint32Array.from([...range(0, 200), ...range(9000, 9050)]);
    expect(placeRequest([long, idle], other)).toMatchObject({
      slot: idle,
      copyFrom: long,
      cachedTokens: 200,
    });
  });

  test('a short conversation gives way to one with its beginning before a long one does', () => {
    const long = createSlot(0, range(5000, 7000), 1);
    const short = createSlot(1, range(0, 200), 9);
    const again = Uint32Array.from([...range(0, 50), ...range(9000, 9050)]);
    expect(placeRequest([long, short], again)).toMatchObject({ slot: short, cachedTokens: 50 });
    expect(placeRequest([long, short], range(9000, 9100))?.slot).toBe(long);
    const lesser = createSlot(2, range(5000, 5500), 1);
    expect(placeRequest([lesser, short], again)).toMatchObject({ slot: lesser, copyFrom: short });
  });

  test('a busy slot gives copies but takes nothing', () => {
    const busy = createSlot(0, range(0, 1000), 9, true);
    const idle = createSlot(1, range(5000, 5100), 1);
    expect(placeRequest([busy, idle], range(0, 1200))).toMatchObject({
      slot: idle,
      copyFrom: busy,
      cachedTokens: 1000,
    });
    expect(placeRequest([busy], range(0, 1200))).toBeUndefined();
  });

  test('a slot whose own cache would serve takes a copy of one that serves far better', () => {
    const busy = createSlot(0, range(0, 1000), 9, true);
    const idle = createSlot(1, Uint32Array.from([...range(0, 30), ...range(7000, 7020)]), 1);
    expect(placeRequest([busy, idle], range(0, 1000))).toMatchObject({
      slot: idle,
      copyFrom: busy,
      cachedTokens: 999,
    });
  });

  test('a new conversation displaces one of its own key first, and an empty slot none', () => {
    const slots = [
      createSlot(0, range(0, 100), 1, false, 'ann'),
      createSlot(1, range(200, 300), 5, false, 'bob'),
      createSlot(2, range(400, 500), 4, false, 'bob'),
    ];
    expect(placeRequest(slots, range(700, 800), 'bob')?.slot).toBe(slots[2]);
    expect(placeRequest(slots, range(700, 800), 'eve')?.slot).toBe(slots[0]);
    expect(placeRequest(slots, range(700, 800))?.slot).toBe(slots[0]);
    const empty = createSlot(3, range(0, 0), 9);
    expect(placeRequest([...slots, empty], range(700, 800), 'bob')?.slot).toBe(empty);
  });

  test('of slots that may as well be given away, one beside the busy ones is taken', () => {
    const empty = (sequence: number) => createSlot(sequence, range(0, 0), 1);
    const busy = (sequence: number) => createSlot(sequence, range(0, 10), 1, true);
    const old = (sequence: number, idleSinceMs: number) =>
      createSlot(sequence, range(sequence * 500, sequence * 500 + 100), idleSinceMs);
    const sequenceFor = (slots: readonly Slot[]) => placeRequest(slots, range(9000, 9100))?.slot.sequence;
    expect(sequenceFor([empty(0), empty(1), busy(2), empty(3)])).toBe(1);
    expect(sequenceFor([empty(0), busy(1), empty(2), busy(3)])).toBe(2);
    expect(sequenceFor([empty(0), empty(1), busy(2), busy(3)])).toBe(1);
    expect(sequenceFor([old(0, 1), old(1, 3), busy(2), old(3, 2), old(4, 4)])).toBe(3);
  });

  test('it is none that was used lately', () => {
    const slots = [
      createSlot(0, range(0, 100), 1),
      createSlot(1, range(500, 600), 2),
      createSlot(2, range(1000, 1100), 3),
      createSlot(3, range(1500, 1600), 9),
      createSlot(4, range(2000, 2100), 9, true),
    ];
    expect(placeRequest(slots, range(9000, 9100))?.slot).toBe(slots[0]);
  });

  test('a few common tokens are not worth a copy', () => {
    const long = createSlot(0, range(0, 2000), 9);
    const idle = createSlot(1, range(0, 0), 1);
    const other = Uint32Array.from([...range(0, 12), ...range(9000, 9050)]);
    expect(placeRequest([long, idle], other)).toMatchObject({
      slot: idle,
      copyFrom: undefined,
      cachedTokens: 0,
    });
  });
});
