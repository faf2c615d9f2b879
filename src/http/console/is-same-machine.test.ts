import { expect, test } from 'vitest';
import { isSameMachine } from './is-same-machine.ts';

test.each([
  ['127.0.0.1', '127.0.0.1', true],
  ['127.8.9.1', '127.0.0.1', true],
  ['::1', '::1', true],
  ['::ffff:127.0.0.1', '::ffff:127.0.0.1', true],
  ['192.168.1.7', '192.168.1.7', true],
  ['::ffff:192.168.1.7', '192.168.1.7', true],
  ['192.168.1.8', '192.168.1.7', false],
  ['172.17.0.1', '172.17.0.2', false],
  ['fe80::2', 'fe80::1', false],
  ['::ffff:10.0.0.1', '::ffff:10.0.0.2', false],
  [undefined, '127.0.0.1', false],
  ['10.0.0.1', undefined, false],
])('from %s to %s: %s', (remoteAddress, localAddress, expected) => {
  expect(isSameMachine({ remoteAddress, localAddress })).toBe(expected);
});
