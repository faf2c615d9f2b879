import { expect, it } from 'vitest';
import { durationMsMax, toDurationMs } from './to-duration-ms.ts';

it.each([
  ['1m', 60_000],
  ['90m', 5_400_000],
  ['12h', 43_200_000],
  ['30d', 2_592_000_000],
  ['2w', 1_209_600_000],
  ['10y', durationMsMax],
  ['11y', undefined],
  ['3651d', undefined],
  ['01d', undefined],
  ['30D', undefined],
  ['', undefined],
])('reads %j as %j', (text, expected) => {
  expect(toDurationMs(text)).toBe(expected);
});
