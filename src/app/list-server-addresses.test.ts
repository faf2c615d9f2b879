import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { listServerAddresses } from './list-server-addresses.ts';

function address(text: string, internal = false, scopeid = 0): NetworkInterfaceInfo {
  const common = { address: text, netmask: '', mac: '', internal, cidr: null };
  return text.includes(':') ? { ...common, family: 'IPv6', scopeid } : { ...common, family: 'IPv4' };
}

const interfaces = {
  eth0: [address('192.168.1.7'), address('2001:db8::7'), address('fe80::1', false, 2)],
  lo: [address('127.0.0.1', true), address('::1', true)],
};

function urls(...listening: string[]): readonly string[] {
  const sockets = listening.map((host) => ({ address: host, port: 4728 }));
  return listServerAddresses(sockets, interfaces).map(({ url }) => url);
}

test('an address is itself', () => {
  expect(urls('127.0.0.1')).toEqual(['http://127.0.0.1:4728']);
  expect(urls('192.168.1.7')).toEqual(['http://192.168.1.7:4728']);
  // `localhost` is two sockets.
  expect(urls('127.0.0.1', '::1')).toEqual(['http://127.0.0.1:4728', 'http://[::1]:4728']);
});

test('in place of all addresses those of this machine, loopback first', () => {
  expect(urls('0.0.0.0')).toEqual(['http://127.0.0.1:4728', 'http://192.168.1.7:4728']);
  expect(urls('::')).toEqual([
    ...['http://127.0.0.1:4728', 'http://192.168.1.7:4728', 'http://[2001:db8::7]:4728'],
  ]);
});

test('which of them other machines reach', () => {
  const sockets = [{ address: '0.0.0.0', port: 1 }];
  expect(listServerAddresses(sockets, interfaces).map(({ isLoopback }) => isLoopback)).toEqual([true, false]);
});

test('no more than eight', () => {
  const many = { docker: Array.from({ length: 30 }, (_, count) => address(`10.0.${count}.1`)) };
  expect(listServerAddresses([{ address: '0.0.0.0', port: 1 }], many)).toHaveLength(8);
});
