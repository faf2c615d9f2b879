import { expect, test } from 'vitest';
import { chooseEncoding } from './choose-encoding.ts';

test.each([
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['BR', 'br'],
  ['*', 'br'],
  ['*;q=0, gzip', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['br; q=0.1', 'br'],
  ['identity', undefined],
  ['', undefined],
  [undefined, undefined],
  ['brotli', undefined],
  ['br;q=none', undefined],
])('%s accepts %s', (accepted, expected) => {
  expect(chooseEncoding(accepted, ['br', 'gzip'])).toBe(expected);
});

test('a file without compressed forms is sent as it is', () => {
  expect(chooseEncoding('br, gzip', [])).toBeUndefined();
});
