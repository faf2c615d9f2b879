import { expect, test } from 'vitest';
import { formatBytes, formatBytesRoughly, formatCount, formatParameterCount } from './format-quantity.ts';

test('quantities are short', () => {
  expect(formatCount(131_072)).toBe('131,072');
  expect(formatParameterCount(134_515_008)).toBe('135M');
  expect(formatParameterCount(8_030_261_248)).toBe('8.03B');
  expect(formatParameterCount(0)).toBe('0');
  expect(formatBytes(98_362_432)).toBe('98.4 MB');
  expect(formatBytes(999)).toBe('999 B');
  expect(formatBytes(4_000_000_000_000_000)).toBe('4,000 TB');
  expect(formatBytesRoughly(4_850_000_000)).toBe('4.9 GB');
});
