import { expect, test } from 'vitest';
import { killPulls } from '../catalog/kill-pulls.ts';

test('pulls killed at a hundred random moments leave a library that passes its check', async () => {
  const { unfinished, faults } = await killPulls(100);
  expect(faults).toEqual([]);
  // Some kills came in the middle of a pull, or the moments were none.
  expect(unfinished).toBeGreaterThan(10);
});
