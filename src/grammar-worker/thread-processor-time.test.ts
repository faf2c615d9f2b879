import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { expectWithin } from '../../test/expect-within.ts';
import { findOsThreadId, readProcessorMs } from './thread-processor-time.ts';

test.runIf(process.platform === 'linux')(
  'a thread that waits uses no processor time, and one that works does',
  async () => {
    const id = findOsThreadId() ?? 0;
    const used = () => readProcessorMs(id) ?? Number.NaN;
    // The thread may have other work than this test.
    await expectWithin(200, async () => {
      const beforeMs = used();
      await setTimeout(300);
      return used() - beforeMs;
    });
    const beforeMs = used();
    for (let stopMs = used() + 50; used() < stopMs; ) Math.sqrt(stopMs);
    expect(used() - beforeMs).toBeGreaterThan(49);
  },
);

test('of a thread that is not there nothing is known', () => {
  expect(readProcessorMs(2 ** 30)).toBeUndefined();
});
