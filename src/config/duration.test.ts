import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settingNames } from './config.ts';
import { ConfigError } from './config-error.ts';
import { spelledDuration, toDuration } from './duration.ts';
import { loadConfig } from './load-config.ts';

test.each([
  ['5m', 300_000],
  ['30s', 30_000],
  ['500ms', 500],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['0.0015s', 1.5],
  ['2d', 172_800_000],
  [' 90 ', 90],
  ['-1', -1],
  ['0s', 0],
  [1500, 1500],
])('%s is %s ms', (text, ms) => {
  expect(spelledDuration(text)).toBe(ms);
});

test.each([['5 m'], ['m'], ['5minutes'], ['-5m'], ['5m later'], [''], ['1e3'], ['5M'], [true], [null]])(
  '%s is left as it is',
  (value) => {
    expect(spelledDuration(value)).toBe(value);
  },
);

test('what is written is read back', () => {
  expect([0, 250, 30_000, 300_000, 90_000, 86_400_000, -1].map(toDuration)).toEqual([
    ...['0', '250ms', '30s', '5m', '1m30s', '1d', '-1'],
  ]);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 365 * 86_400_000 }),
      (ms) => spelledDuration(toDuration(ms)) === ms,
    ),
  );
});

const load = (flags: Record<string, unknown>, environment: Record<string, string> = {}) =>
  loadConfig({ flags, environment: { GRAVIX_HOME: '/no-such-home', ...environment } });

test('every setting in milliseconds takes a duration, and no other does', () => {
  const durations = settingNames.filter((name) => /Ms(Min|Max|Target)?$/.test(name));
  expect(durations.length).toBeGreaterThan(8);
  for (const name of durations) expect(load({ [name]: '1s' })[name]).toBe(1000);
  expect(() => load({ slots: '5m' })).toThrow(
    new ConfigError([{ path: 'slots', message: '--slots must be a whole number from 1 to 64, not "5m".' }]),
  );
});

test('a duration comes from a variable too; one that is wrong or out of range says what it may be', () => {
  expect(load({}, { GRAVIX_QUEUE_WAIT_MS_MAX: '1m30s' }).queueWaitMsMax).toBe(90_000);
  for (const wrong of ['5 minutes', '2h', '0.5ms']) {
    expect(() => load({}, { GRAVIX_QUEUE_WAIT_MS_MAX: wrong })).toThrow(
      `GRAVIX_QUEUE_WAIT_MS_MAX must be a duration from 1ms to 1h, such as 90s or 1m30s (a number is milliseconds), not "${wrong}".`,
    );
  }
  expect(() => load({ keepAliveMs: '-5m' })).toThrow(
    '--keep-alive-ms must be a duration from 0 to 365d, such as 90s or 1m30s (a number is milliseconds), or -1, not "-5m".',
  );
});
