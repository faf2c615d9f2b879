import { expect, it } from 'vitest';
import { toTimeouts } from './timeout-settings.ts';

it('a deployment comes before its upstream, and this before the defaults', () => {
  expect(toTimeouts({ connectMs: 1, totalMs: 2 }, { totalMs: 3 })).toEqual({
    connectMs: 1,
    firstTokenMs: 120_000,
    betweenChunksMs: 60_000,
    totalMs: 3,
  });
});
