import { expect, test } from 'vitest';
import { toSamplerSeed } from './sampler-seed.ts';

test.each([0, 1, 42, 4_294_967_294])('%i is used as it is', (seed) => {
  expect(toSamplerSeed(seed)).toBe(seed);
});

test.each([-1, 4_294_967_295, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
  '%i is hashed to 32 bits, always alike',
  (seed) => {
    const hashed = toSamplerSeed(seed);
    expect(hashed).toBe(toSamplerSeed(seed));
    expect(hashed).toBeGreaterThanOrEqual(0);
    // llama.cpp takes 4,294,967,295 for "choose one yourself".
    expect(hashed).toBeLessThan(4_294_967_295);
  },
);

test('all digits of a large seed count', () => {
  const seeds = Array.from({ length: 200 }, (_, index) => toSamplerSeed(5_000_000_000 + index));
  expect(new Set(seeds).size).toBe(200);
});

test('no seed is a new one each time', () => {
  const seeds = Array.from({ length: 200 }, () => toSamplerSeed(undefined));
  expect(new Set(seeds).size).toBeGreaterThan(190);
});
