import { afterEach, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { eventually } from './requests.ts';

let app: TestApp;

afterEach(() => app.close());

async function start(...trustedProxies: string[]): Promise<void> {
  app = await startTestApp({ models: { good: sayTexts('Hi') }, limits: { trustedProxies } });
}

const forwarded = {
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'llm.example',
};

async function lineOf(headers: Record<string, string>, path = '/v1/models') {
  const before = app.logLines().length;
  await fetch(`${app.url}${path}`, { headers: { authorization: `Bearer ${app.key}`, ...headers } });
  await eventually(() => app.logLines().length > before);
  return app.logLines()[before];
}

async function serverUrl(headers: Record<string, string>): Promise<string> {
  const answer = await fetch(`${app.url}/openapi.json`, { headers });
  const document = (await answer.json()) as { servers: { url: string }[] };
  return document.servers[0]?.url ?? '';
}

test('nobody is believed by default', async () => {
  await start();
  expect(await lineOf(forwarded)).toMatchObject({ clientAddress: '127.0.0.1' });
  expect(await serverUrl(forwarded)).toBe(app.url);
});

test('a trusted proxy is believed: the client, the scheme and the host', async () => {
  await start('127.0.0.0/8');
  expect(await lineOf(forwarded)).toMatchObject({ clientAddress: '203.0.113.9' });
  expect(await serverUrl(forwarded)).toBe('https://llm.example');
});

test('another proxy than those that are trusted is not', async () => {
  await start('10.0.0.0/8', '192.0.2.1', 'fd00::/8');
  expect(await lineOf(forwarded)).toMatchObject({ clientAddress: '127.0.0.1' });
  expect(await serverUrl(forwarded)).toBe(app.url);
});

test.each([
  ['the client writes a name before the proxy writes his', '192.0.2.66, 203.0.113.9', '203.0.113.9'],
  ['two trusted proxies', '192.0.2.66, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
  ['IPv6', '2001:db8::7', '2001:db8::7'],
  ['with a port', '203.0.113.9:5555', '203.0.113.9'],
  ['IPv6 with a port', '[2001:db8::7]:443', '2001:db8::7'],
  ['IPv4 in IPv6', '::ffff:203.0.113.9', '203.0.113.9'],
  ['no address', '<script>', '127.0.0.1'],
  ['a name', 'unknown', '127.0.0.1'],
  ['nothing', '', '127.0.0.1'],
  ['a thousand names', Array.from({ length: 1000 }, () => '10.0.0.1').join(','), '10.0.0.1'],
])('whom a trusted proxy names: %s', async (_what, header, clientAddress) => {
  await start('127.0.0.1', '10.0.0.0/8');
  expect(await lineOf({ 'x-forwarded-for': header })).toMatchObject({ clientAddress });
});

test.each([
  [{ 'x-forwarded-host': 'evil.example/$(reboot)' }],
  [{ 'x-forwarded-host': '"><script>' }],
  [{ 'x-forwarded-proto': 'javascript' }],
])('what is not sane stands in no sample, even from a trusted proxy: %j', async (headers) => {
  await start('127.0.0.1');
  expect(await serverUrl(headers)).toBe(app.url);
});

test('a page that needs a key needs it on this machine, and of a client that claims to be here', async () => {
  app = await startTestApp({
    models: { good: sayTexts('Hi') },
    limits: { trustedProxies: ['10.0.0.0/8'], pages: 'key' },
  });
  const { statusCode } = await app.inject('/docs', { 'x-forwarded-for': '127.0.0.1' });
  expect(statusCode).toBe(401);
  expect((await fetch(`${app.url}/docs`)).status).toBe(401);
});

test('the key has its name, the client its program; probes are for debugging only', async () => {
  await start();
  expect(await lineOf({ 'user-agent': 'OpenAI/Python 2.1' })).toMatchObject({
    level: 30,
    keyName: expect.any(String),
    userAgent: 'OpenAI/Python 2.1',
  });
  expect(await lineOf({ 'user-agent': 'x'.repeat(5000) })).toMatchObject({
    userAgent: `${'x'.repeat(200)}…`,
  });
  // Node reads headers as Latin-1: these bytes are control characters to a terminal.
  expect(await lineOf({ 'user-agent': 'a\u009b2Jb' })).toMatchObject({ userAgent: 'a\\u{9b}2Jb' });
  expect(await lineOf({}, '/health')).toMatchObject({ level: 20, route: '/health' });
  expect(await lineOf({}, '/ready')).toMatchObject({ level: 20, route: '/ready' });
});
