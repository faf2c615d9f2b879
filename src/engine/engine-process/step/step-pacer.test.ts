import { describe, expect, test } from 'vitest';
import { createStepPacer } from './step-pacer.ts';

describe('step pacer', () => {
  test('begins small and goes to what fits into the target', () => {
    const pacer = createStepPacer(100, 512);
    expect(pacer.prefillTokens(0)).toBe(32);
    for (let step = 0; step < 10; step++) {
      pacer.record({ prefillTokens: 32, decodeTokens: 0, elapsedMs: 32 });
    }
    expect(pacer.prefillTokens(4)).toBe(96);
    expect(pacer.prefillTokens(0)).toBe(120);
  });

  test('what the running streams take is taken off', () => {
    const pacer = createStepPacer(100, 512);
    for (let step = 0; step < 10; step++) {
      pacer.record({ prefillTokens: 32, decodeTokens: 8, elapsedMs: 80 });
    }
    expect(pacer.prefillTokens(2)).toBe(48);
    expect(pacer.prefillTokens(20)).toBe(24);
  });

  test('a step that only decodes, or nearly so, says nothing of a piece', () => {
    const pacer = createStepPacer(100, 512);
    pacer.record({ prefillTokens: 64, decodeTokens: 0, elapsedMs: 64 });
    pacer.record({ prefillTokens: 0, decodeTokens: 8, elapsedMs: 900 });
    pacer.record({ prefillTokens: 2, decodeTokens: 1, elapsedMs: 900 });
    expect(pacer.prefillTokens(4)).toBe(96);
  });

  test('a slow machine still gets on, and a fast one is kept to the batch', () => {
    const slow = createStepPacer(100, 512);
    slow.record({ prefillTokens: 32, decodeTokens: 0, elapsedMs: 6400 });
    expect(slow.prefillTokens(1)).toBe(8);
    const fast = createStepPacer(100, 512);
    fast.record({ prefillTokens: 512, decodeTokens: 0, elapsedMs: 1 });
    expect(fast.prefillTokens(0)).toBe(512);
  });

  test('follows a cost that grows along a long prompt', () => {
    const pacer = createStepPacer(100, 512);
    let position = 0;
    let longestMs = 0;
    while (position < 20_000) {
      const prefillTokens = pacer.prefillTokens(1);
      const elapsedMs = prefillTokens * (1 + position / 2000);
      longestMs = Math.max(longestMs, elapsedMs);
      pacer.record({ prefillTokens, decodeTokens: 1, elapsedMs });
      position += prefillTokens;
    }
    expect(longestMs).toBeLessThan(130);
  });
});
