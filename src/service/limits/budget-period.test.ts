import { expect, test } from 'vitest';
import { toPeriodSpan } from './budget-period.ts';

const at = (text: string) => Date.parse(text);

test.each([
  ['day', 'UTC', '2026-11-28T23:59:59.999Z', 'day 2026-11-28 UTC', '2026-11-29T00:00:00.000Z'],
  ['day', 'UTC', '2026-11-29T00:00:00.000Z', 'day 2026-11-29 UTC', '2026-11-30T00:00:00.000Z'],
  ['week', 'UTC', '2026-11-29T12:00:00.000Z', 'week 2026-11-23 UTC', '2026-11-30T00:00:00.000Z'],
  ['week', 'UTC', '2026-11-30T00:00:00.000Z', 'week 2026-11-30 UTC', '2026-12-07T00:00:00.000Z'],
  ['month', 'UTC', '2028-02-29T05:00:00.000Z', 'month 2028-02-01 UTC', '2028-03-01T00:00:00.000Z'],
  ['month', 'UTC', '2026-12-31T23:00:00.000Z', 'month 2026-12-01 UTC', '2027-01-01T00:00:00.000Z'],
  [
    'month',
    'Europe/Berlin',
    '2026-12-31T23:00:00.000Z',
    'month 2027-01-01 Europe/Berlin',
    '2027-01-31T23:00:00.000Z',
  ],
  // A day of 23 hours, one of 25, and one whose clocks go forward at midnight.
  [
    'day',
    'Europe/Berlin',
    '2026-03-29T12:00:00.000Z',
    'day 2026-03-29 Europe/Berlin',
    '2026-03-29T22:00:00.000Z',
  ],
  [
    'day',
    'Europe/Berlin',
    '2026-10-25T12:00:00.000Z',
    'day 2026-10-25 Europe/Berlin',
    '2026-10-25T23:00:00.000Z',
  ],
  [
    'day',
    'America/Santiago',
    '2026-09-05T12:00:00.000Z',
    'day 2026-09-05 America/Santiago',
    '2026-09-06T04:00:00.000Z',
  ],
  [
    'day',
    'Asia/Kathmandu',
    '2026-11-28T18:14:59.000Z',
    'day 2026-11-28 Asia/Kathmandu',
    '2026-11-28T18:15:00.000Z',
  ],
  [
    'day',
    'Pacific/Kiritimati',
    '2026-11-28T10:00:00.000Z',
    'day 2026-11-29 Pacific/Kiritimati',
    '2026-11-29T10:00:00.000Z',
  ],
] as const)('%s in %s at %s', (period, timeZone, now, name, ends) => {
  expect(toPeriodSpan({ period, timeZone }, at(now))).toStrictEqual({ name, endsAtMs: at(ends) });
});

test('the whole time is one period without an end', () => {
  expect(toPeriodSpan({ period: 'total' }, 0)).toStrictEqual({ name: 'total', endsAtMs: undefined });
});
