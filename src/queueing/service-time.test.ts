import { expect, test } from 'vitest';
import { createServiceTime } from './service-time.ts';

test('the estimate follows the measured time, the queue and the slots', () => {
  const serviceTime = createServiceTime();
  for (let count = 0; count < 30; count++) {
    serviceTime.record(4000);
  }
  expect(serviceTime.estimateWaitMs(0, 1)).toBe(4000);
  expect(serviceTime.estimateWaitMs(7, 4)).toBe(8000);
  for (let count = 0; count < 30; count++) {
    serviceTime.record(1000);
  }
  expect(serviceTime.estimateWaitMs(0, 1)).toBeLessThan(1050);
});

test('before anything was measured it is a second for each request ahead', () => {
  expect(createServiceTime().estimateWaitMs(3, 2)).toBe(2000);
});
