import { expect, test } from 'vitest';
import { isDatabaseUrl } from '../config/is-database-url.ts';
import { listSecrets } from './list-secrets.ts';

function list(databaseUrl: string | undefined): readonly string[] {
  const upstreamKeys = new Map([['gpu1', 'key-of-gpu1']]);
  return listSecrets({ environmentKey: 'mine', webhookSecret: undefined, databaseUrl, upstreamKeys });
}

test.each([
  ['postgres://u:pass%20word@db/gravix', ['pass%20word', 'pass word']],
  ['postgres://user:password@/gravix?host=/var/run/postgresql', ['password', 'password']],
  ['postgres://u:50%off@h/db', ['50%off']],
  ['postgres://db/gravix', []],
])('the password of %s', (url, passwords) => {
  expect(isDatabaseUrl(url)).toBe(true);
  expect(list(url)).toEqual(['mine', ...passwords, 'key-of-gpu1']);
});

test('without a database of its own there is none', () => {
  expect(list(undefined)).toEqual(['mine', 'key-of-gpu1']);
});
