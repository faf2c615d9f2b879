import { expect, test } from 'vitest';
import type { SampledToken, WantedToken } from '../step/sample-step.ts';
import { createTokenList, type Slot, type SlotRun } from '../step/slot.ts';
import { createDrafter, type Drafter } from './drafter.ts';
import { followDrafts } from './follow-drafts.ts';

const source = Array.from({ length: 30 }, (_, index) => 100 + index);

interface Scene {
  readonly slot: Slot;
  readonly run: SlotRun;
  readonly drafter: Drafter;
  readonly accepted: number[];
  readonly cuts: [number, number, number][];
  follow(draws: readonly number[], endsAt?: number, msMax?: number): Promise<void>;
}

/** A run whose cache holds three tokens, and whose draft of five behind its next token is evaluated. */
function createScene(): Scene {
  const drafter = createDrafter({
    prompt: Uint32Array.from(source),
    prediction: new Uint32Array(),
    completionTokensMax: 60,
  });
  for (const token of source.slice(0, 4)) drafter.take(token);
  const run = { drafter } as unknown as SlotRun;
  const cache = createTokenList(100);
  const slot = { sequence: 2, cache, run } as unknown as Slot;
  const tokens = Uint32Array.from([source[3] ?? 0, ...drafter.begin(5)]);
  cache.append(Uint32Array.from(source.slice(0, 3)));
  cache.append(tokens);
  const entry = { slot, run, tokens, wantsToken: true };
  const accepted: number[] = [];
  const cuts: [number, number, number][] = [];
  return {
    slot,
    run,
    drafter,
    accepted,
    cuts,
    follow: (draws, endsAt = Number.POSITIVE_INFINITY, msMax = 1000) => {
      const accept = ({ token }: Pick<SampledToken, 'token'>) => {
        accepted.push(Number(token));
        drafter.take(Number(token));
        if (accepted.length === endsAt) slot.run = undefined;
      };
      accept({ token: draws[0] ?? 0 });
      const sample = async (wanted: readonly WantedToken[]) => ({
        tokens: wanted.map((one) => ({
          entry: one.entry,
          token: draws[one.logitIndex - 10] ?? 0,
          logprob: undefined,
        })),
        extrasMs: 0,
      });
      const context = {
        removeTokenCellsFromSequence: (sequence: number, start: number, end: number) => {
          cuts.push([sequence, start, end]);
          return true;
        },
      };
      return followDrafts([{ entry, logitIndexes: [10, 11, 12, 13, 14, 15] }], {
        context,
        sample,
        accept,
        msMax,
      });
    },
  };
}

test.each<[string, number[], number]>([
  ['the first token differs', [7], 1],
  ['the third token differs', [...source.slice(4, 6), 7], 3],
  ['all are right, and one more is drawn', [...source.slice(4, 9), 7], 6],
])('%s: the cache holds what was drawn from', async (_, draws, kept) => {
  const scene = createScene();
  await scene.follow([...draws, 55, 56]);
  expect(scene.accepted).toEqual(draws);
  expect(scene.slot.cache.length).toBe(3 + kept);
  expect(scene.cuts).toEqual(kept === 6 ? [] : [[2, 3 + kept, -1]]);
  expect(scene.drafter.usage()).toEqual({
    acceptedTokens: draws.length - 1,
    rejectedTokens: 6 - draws.length,
  });
});

test('an answer that ends within its draft draws no more', async () => {
  const scene = createScene();
  await scene.follow(source.slice(4, 10), 2);
  expect(scene.accepted).toEqual(source.slice(4, 6));
  expect(scene.slot.cache.length).toBe(5);
});

test('a draft ends when its step has had its time', async () => {
  const scene = createScene();
  await scene.follow(source.slice(4, 10), undefined, 0);
  expect(scene.accepted).toEqual(source.slice(4, 5));
  expect(scene.slot.cache.length).toBe(4);
  // What comes later is no part of it.
  scene.drafter.take(source[5] ?? 0);
  expect(scene.drafter.usage()).toEqual({ acceptedTokens: 1, rejectedTokens: 4 });
});
