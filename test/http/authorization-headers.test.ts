import { afterAll, beforeAll, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { assertAlive, openRawConnection } from './requests.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ models: { good: sayTexts('Hi') } });
});

afterAll(() => app.close());

/** The status line of the answer to a list of models with these headers. */
async function statusOf(...lines: string[]): Promise<number> {
  const { socket, closed } = openRawConnection(app.port);
  socket.write(`GET /v1/models HTTP/1.1\r\n${lines.join('\r\n')}\r\nconnection: close\r\n\r\n`, 'latin1');
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(await closed)?.[1]);
  socket.destroy();
  return status;
}

const host = 'host: localhost';

test('one key in one header is accepted', async () => {
  expect(await statusOf(host, `authorization: Bearer ${app.key}`)).toBe(200);
});

test.each<[string, number, (key: string) => readonly string[]]>([
  ['quotes', 401, (key) => [`authorization: Bearer "${key}"`]],
  ['quotes and SQL', 401, () => [`authorization: Bearer x' OR '1'='1' --`]],
  ['a NUL', 400, (key) => [`authorization: Bearer ${key}\0`]],
  ['an escape sequence', 400, (key) => [`authorization: Bearer \u001b[2J${key}`]],
  ['letters beyond ASCII', 401, (key) => [`authorization: Bearer ${key}é`]],
  ['only spaces', 401, () => ['authorization:      ']],
  ['5 KB', 401, () => [`authorization: Bearer ${'x'.repeat(5_000)}`]],
  ['100 KB', 431, () => [`authorization: Bearer ${'x'.repeat(100_000)}`]],
  ['many commas', 401, (key) => [`authorization: Bearer ${key},Bearer ${key}`]],
  ['a right key and a wrong one', 401, (key) => [`authorization: Bearer ${key}`, 'authorization: Bearer x']],
  ['a wrong key and a right one', 401, (key) => ['authorization: Bearer x', `authorization: Bearer ${key}`]],
  ['the right key twice', 401, (key) => [`authorization: Bearer ${key}`, `Authorization: Bearer ${key}`]],
  ['a hundred keys', 401, () => Array.from({ length: 100 }, (_, at) => `authorization: Bearer x${at}`)],
  ['a second host', 400, (key) => ['host: evil.example', `authorization: Bearer ${key}`]],
  ['the same host twice', 400, (key) => [host, `authorization: Bearer ${key}`]],
])('%s is %i', async (_name, status, toLines) => {
  const before = app.logText().length;
  expect(await statusOf(host, ...toLines(app.key))).toBe(status);
  expect(app.logText().slice(before)).not.toContain(app.key.slice(-40));
  expect(app.logText()).not.toContain('unexpectedly');
  await assertAlive(app);
});
