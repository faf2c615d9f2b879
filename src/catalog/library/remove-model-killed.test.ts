import { expect, test } from 'vitest';
import { killChurns } from '../../../test/catalog/kill-churns.ts';

test('removals and installs killed at five random moments lose no installed model', {
  timeout: 120_000,
}, async () => {
  const { removals } = await killChurns(5);
  // The other process went on meanwhile, past the locks of the dead.
  expect(removals).toBeGreaterThan(0);
});
