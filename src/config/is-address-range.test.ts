import { expect, test } from 'vitest';
import { isAddressRange } from './is-address-range.ts';

test.each(['127.0.0.1', '10.0.0.0/8', '192.168.1.7/32', '::1', 'fd00::/8', '2001:db8::7/128', '10.0.0.0/1'])(
  '%s',
  (text) => expect(isAddressRange(text)).toBe(true),
);

test.each([
  ...['', 'localhost', 'proxy.example', '10.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8'],
  ...['10.0.0.0/255.0.0.0', '::/0', '0.0.0.0/0', '::1/129', 'fe80::1%eth0', '*', '10.0.0.1:80', '[::1]'],
])('%j is none', (text) => expect(isAddressRange(text)).toBe(false));
