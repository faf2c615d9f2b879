import { expect, test } from 'vitest';
import { createFirstTokenTime } from './first-token-time.ts';

test('the prediction follows what prompts took, the wait and the prompts before', () => {
  let nowMs = 1_000;
  const time = createFirstTokenTime(() => nowMs);
  expect(time.predictMs(0, 0)).toBeUndefined();
  for (let count = 0; count < 30; count += 1) {
    nowMs += 400;
    time.record(nowMs - 400);
  }
  expect(time.predictMs(0, 0)).toBe(400);
  expect(time.predictMs(3_000, 2)).toBe(4_200);
});

test('prompts that were sent together took their own time each', () => {
  let nowMs = 1_000;
  const time = createFirstTokenTime(() => nowMs);
  for (let count = 0; count < 4; count += 1) {
    nowMs += 250;
    time.record(1_000);
  }
  expect(time.predictMs(0, 0)).toBe(250);
});
