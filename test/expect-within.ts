import { expect } from 'vitest';

/** Enough that a machine which stands still for a moment spoils one of them, and not all. */
const triesMax = 5;

/**
 * Work takes less than this by itself, whatever else the machine does meanwhile: the shortest of some tries counts, and the
 * first that is short enough is the last.
 *
 * @param work may return the milliseconds of the part that counts
 */
export async function expectWithin(msMax: number, work: () => unknown): Promise<void> {
  let shortestMs = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < triesMax && shortestMs >= msMax; tries += 1) {
    const beganAtMs = performance.now();
    const partMs = await work();
    shortestMs = Math.min(shortestMs, typeof partMs === 'number' ? partMs : performance.now() - beganAtMs);
  }
  expect(shortestMs).toBeLessThan(msMax);
}
