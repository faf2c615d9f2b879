import { expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';

/** The same ones each time; `npm run soak` sends many more, and others each time. */
const options = { requests: 1200, clients: 16, seed: 1 };

test('requests of all kinds: none hangs, none fails for a fault of ours, and each is written down once', {
  timeout: 240_000,
}, async () => {
  const { faults, counts, servedRoutes, ledgerRows } = await fuzz(options);
  expect(faults).toEqual([]);
  for (const status of ['200', '400', '401', '403', '404', '405']) {
    expect(counts[status], status).toBeGreaterThan(10);
  }
  expect(servedRoutes).toBeGreaterThan(50);
  expect(ledgerRows).toBeGreaterThan(50);
});
