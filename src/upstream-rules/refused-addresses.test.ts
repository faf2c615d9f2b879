import { expect, test } from 'vitest';
import { assertAllowedHost, createAddressRules, RefusedAddressError } from './refused-addresses.ts';

const rules = createAddressRules();

test.each([
  '169.254.169.254',
  '169.254.0.1',
  '100.100.100.200',
  '168.63.129.16',
  'fe80::1',
  'fe80::1%eth0',
  'febf::1',
  'fd00:ec2::254',
  'fd20:ce::254',
  // The same inside of IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP.
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::a9fe:a9fe',
  '::ffff:0:a9fe:a9fe',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::a9fe:a9fe',
  '2002:a9fe:a9fe::1',
  '2001:0:1:2:3:4:5601:5601',
  '2001:db8::5efe:a9fe:a9fe',
  'no address',
])('%s is refused', (address) => {
  expect(rules.isRefused(address)).toBe(true);
});

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '192.168.1.1',
  '169.253.255.255',
  '100.100.100.201',
  '::1',
  'fd00::1',
  'fec0::1',
  '2001:db8::1',
  '::ffff:10.0.0.1',
])('%s is allowed', (address) => {
  expect(rules.isRefused(address)).toBe(false);
});

test.each([
  'http://169.254.169.254/v1',
  'http://0xa9fea9fe/v1',
  'http://2852039166/v1',
  'http://0251.0376.0251.0376/v1',
  'http://169.254.43518/v1',
  'http://[::ffff:169.254.169.254]:8000/v1',
  'http://１６９.254.169.254/v1',
  'http://metadata/v1',
  'http://METADATA.google.internal:80/v1',
  'http://metadata.google.internal./v1',
  'http://instance-data.ec2.internal/v1',
])('%s is refused, however it is spelled', (url) => {
  expect(() => assertAllowedHost(new URL(url), rules)).toThrow(RefusedAddressError);
});

test('other names are checked when they are looked up', () => {
  expect(() => assertAllowedHost(new URL('http://localhost:8000/v1'), rules)).not.toThrow();
  expect(() => assertAllowedHost(new URL('http://metadata.example.com/v1'), rules)).not.toThrow();
});
