import { expect, test } from 'vitest';
import { fitsMemory } from './list-sized-models.ts';

test.each([
  [1e9, 1.25e9, true],
  [1e9, 1.2e9, false],
  [98_362_432, 8e9, true],
  [40e9, 24e9, false],
])('%d bytes of weights in %d bytes of memory: %s', (weightBytes, memoryBytes, fits) => {
  expect(fitsMemory(weightBytes, memoryBytes)).toBe(fits);
});
