import { expect, test } from 'vitest';
import { isDatabaseUrl } from './is-database-url.ts';

test.each([
  'postgres://user:password@db.example:5432/gravix',
  'postgresql://user@[::1]/gravix?sslmode=verify-full',
  'postgres://localhost',
  'postgres:///gravix?host=/var/run/postgresql',
  'postgres://user:password@/gravix?host=/var/run/postgresql',
  'postgres://%2Fvar%2Frun%2Fpostgresql/gravix',
  'postgres://user:p%40ss%2F%23%3F@db.example/gravix',
])('%s', (text) => expect(isDatabaseUrl(text)).toBe(true));

test.each([
  ...[
    '',
    'gravix',
    'mysql://user@db.example/gravix',
    'file:./dev.db',
    'https://db.example',
    '/var/run/postgresql',
  ],
  'postgres://user:12#34@db.example/gravix',
  'postgres://user:12/34@db.example/gravix',
  'postgres://user:12?34@db.example/gravix',
  'postgres://user:12 34@db.example/gravix',
  'postgres://user:password@db.example:port/gravix',
])('%j is none', (text) => expect(isDatabaseUrl(text)).toBe(false));
