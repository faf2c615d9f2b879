import { expect, test } from 'vitest';
import { fuzz } from '../fuzz/fuzz.ts';

/** `FUZZ` sets another number, and `SEED` repeats the requests of an earlier run. */
const requests = Number(process.env['FUZZ'] ?? 100_000);
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

test(`${requests} requests of all kinds: none hangs, and none fails for a fault of ours`, async () => {
  const { faults, ...figures } = await fuzz({ requests, clients: 32, seed });
  process.stdout.write(`${requests} requests, seed ${seed}: ${JSON.stringify(figures)}\n`);
  expect(faults).toEqual([]);
});
