import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOutageError, StoreError } from '../store/store-error.ts';
import { countedMs, createStoreFailureLog } from './store-failure-log.ts';

const full = new StoreError('full', 'The disk is full.');
const busy = new StoreError('busy', 'Another process writes.');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function openLog() {
  const lines: unknown[] = [];
  const note = (level: string) => (fields: unknown, message: string) => lines.push([level, fields, message]);
  const logger = { warn: note('warn'), error: note('error') } as unknown as Parameters<
    typeof createStoreFailureLog
  >[0];
  return { lines, report: createStoreFailureLog(logger, 'it failed') };
}

test('the first failure has a line, and further ones a line a minute with their number', () => {
  const { lines, report } = openLog();
  for (let count = 0; count < 1000; count += 1) report(full, { count });
  expect(lines).toEqual([['warn', { err: full, count: 0 }, 'it failed']]);
  vi.advanceTimersByTime(countedMs);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toEqual(['warn', { err: full, count: 999, repeated: 999 }, 'it failed']);
  report(full, { count: 1000 });
  vi.advanceTimersByTime(countedMs);
  expect(lines[2]).toEqual(['warn', { err: full, count: 1000, repeated: 1 }, 'it failed']);
  vi.advanceTimersByTime(10 * countedMs);
  expect(lines).toHaveLength(3);
  // The disk is full again.
  report(full);
  expect(lines[3]).toEqual(['warn', { err: full }, 'it failed']);
});

test('another cause has a line at once, behind the number of the one before', () => {
  const { lines, report } = openLog();
  for (const error of [full, full, busy, full]) report(error);
  expect(lines).toEqual([
    ['warn', { err: full }, 'it failed'],
    ['warn', { err: full, repeated: 1 }, 'it failed'],
    ['warn', { err: busy }, 'it failed'],
    ['warn', { err: full }, 'it failed'],
  ]);
});

test('an outage has none: the watch of the store reports it', () => {
  const { lines, report } = openLog();
  report(createOutageError());
  vi.advanceTimersByTime(countedMs);
  expect(lines).toEqual([]);
});
