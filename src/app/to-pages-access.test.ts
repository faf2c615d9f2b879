import { expect, test } from 'vitest';
import { toPagesAccess } from './to-pages-access.ts';

const local = { pages: undefined, host: '127.0.0.1', publicUrl: undefined, trustedProxies: [] };

test.each(['127.0.0.1', '127.8.0.1', 'localhost', '::1'])('pages are open on %s', (host) => {
  expect(toPagesAccess({ ...local, host })).toBe('open');
});

test.each([
  { host: '0.0.0.0' },
  { host: '::' },
  { host: '192.168.0.2' },
  { host: 'localhost.example' },
  { publicUrl: 'https://llm.example' },
  { trustedProxies: ['127.0.0.1'] },
])('pages need a key with %j', (setting) => {
  expect(toPagesAccess({ ...local, ...setting })).toBe('key');
});

test('the setting goes first', () => {
  expect(toPagesAccess({ ...local, host: '0.0.0.0', pages: 'open' })).toBe('open');
  expect(toPagesAccess({ ...local, pages: 'key' })).toBe('key');
});
