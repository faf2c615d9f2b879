import { expect, test } from 'vitest';
import { toInstantMs } from './to-instant-ms.ts';

const nowMs = Date.UTC(2030, 0, 31);

test.each([
  ['2026-11-01', Date.UTC(2026, 10, 1)],
  ['2028-02-29', Date.UTC(2028, 1, 29)],
  ['2026-11-01T09:30Z', Date.UTC(2026, 10, 1, 9, 30)],
  ['2026-11-01T09:30:15.250Z', Date.UTC(2026, 10, 1, 9, 30, 15, 250)],
  ['2026-11-01T09:30:00+02:00', Date.UTC(2026, 10, 1, 7, 30)],
  ['30d', Date.UTC(2030, 0, 1)],
  ['90m', nowMs - 5_400_000],
])('%s', (text, atMs) => {
  expect(toInstantMs(text, nowMs)).toBe(atMs);
});

test.each([
  '',
  'yesterday',
  '2026-13-01',
  '2026-02-30',
  '2027-02-29',
  '2026-11-01T25:00Z',
  '2026-11-01T09:30',
  '-1d',
  '1764000000',
  '2026-11-01 ',
])('not %j', (text) => {
  expect(toInstantMs(text, nowMs)).toBeUndefined();
});
