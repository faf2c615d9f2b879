import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { findOsThreadId, readProcessorMs } from './thread-processor-time.ts';

test.runIf(process.platform === 'linux')(
  'a thread that waits uses no processor time, and one that works does',
  async () => {
    const id = findOsThreadId() ?? 0;
    const used = () => readProcessorMs(id) ?? Number.NaN;
    const beforeMs = used();
    await setTimeout(300);
    const waitedMs = used() - beforeMs;
    for (let stopMs = used() + 50; used() < stopMs; ) Math.sqrt(stopMs);
    expect(waitedMs).toBeLessThan(200);
    expect(used() - beforeMs).toBeGreaterThan(49);
  },
);

test('of a thread that is not there nothing is known', () => {
  expect(readProcessorMs(2 ** 30)).toBeUndefined();
});
