import { expect, test } from 'vitest';
import { killChurns } from '../catalog/kill-churns.ts';

test('removals and installs killed at a hundred random moments lose no installed model', async () => {
  const { removals, left } = await killChurns(100);
  expect(removals).toBeGreaterThan(100);
  // Some kills came in the middle of a change, or the moments were none.
  expect(left).toBeGreaterThan(0);
});
