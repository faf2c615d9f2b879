import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';

const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const script = `console.log('${'a'.repeat(2000)}');`;
let folder = '';
let app: TestApp;

/** A build of three files: what the real one contains is tested in a browser. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gravix-console-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>The console</title>');
  await writeFile(join(folder, 'assets', 'main-1a2b.js'), script);
  await writeFile(join(folder, 'assets', 'main-1a2b.js.br'), brotliCompressSync(script));
  await writeFile(join(folder, 'assets', 'main-1a2b.js.gz'), gzipSync(script));
  await writeFile(join(folder, 'secret.key'), 'no file of the console');
  app = await startTestApp({
    models: { small: sayTexts('Hi') },
    limits: { pages: 'key' },
    consoleFolder: folder,
  });
});

afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

test.each(['/', '/console', '/console/', '/console/keys', '/console/usage/by-key', '/console/index.html'])(
  '%s is the page, for everyone, under the exact policy',
  async (path) => {
    const answer = await fetch(`${app.url}${path}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toBe(policy);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('vary')).toContain('Accept');
    expect(await answer.text()).toContain('The console');
  },
);

test.each([
  ['br, gzip', 'br', (content: Buffer) => brotliDecompressSync(content)],
  ['gzip', 'gzip', (content: Buffer) => gunzipSync(content)],
  ['identity', undefined, (content: Buffer) => content],
] as const)(
  'a hashed file stays in caches, in the form that the client accepts: %s',
  async (accepted, encoding, unpack) => {
    const answer = await app.inject('/console/assets/main-1a2b.js', { 'accept-encoding': accepted });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': policy,
      vary: 'Accept-Encoding',
    });
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(unpack(answer.rawPayload).toString()).toBe(script);
  },
);

test.each([
  '/console/assets/main-gone.js',
  '/console/secret.key',
  '/console/assets/main-1a2b.js.br',
  '/console/..%2fsecret.key',
  '/console/%2e%2e/%2e%2e/package.json',
])('%s is no file of it, which is an error in the form of the API', async (path) => {
  const answer = await fetch(`${app.url}${path}`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error: { code: 'unknown_url' } });
});

test('programs that ask for JSON at / still get it, and routes of the API keep their errors', async () => {
  const answer = await fetch(app.url, { headers: { accept: 'application/json' } });
  expect(await answer.json()).toMatchObject({ name: 'gravix' });
  expect((await fetch(`${app.url}/v1/nothing`)).status).toBe(404);
  expect((await fetch(`${app.url}/nothing`)).status).toBe(404);
  expect((await fetch(`${app.url}/models`)).status).toBe(401);
});

function signIn(body: unknown): Promise<Response> {
  return fetch(`${app.url}/console/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

test('a link is exchanged for the key once', async () => {
  const link = app.links.create();
  const answer = await signIn({ link });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.json()).toEqual({ key: app.key });
  const second = await signIn({ link });
  expect(second.status).toBe(401);
  expect(await second.json()).toMatchObject({ error: { code: 'invalid_api_key' } });
});

test.each([{}, { link: '' }, { link: 7 }, { link: 'x', more: 1 }, { link: 'x'.repeat(201) }])(
  'the body %j is refused',
  async (body) => {
    expect((await signIn(body)).status).toBe(400);
  },
);

test('the address of the exchange takes POST only, and a form of another page is no JSON', async () => {
  expect((await fetch(`${app.url}/console/sign-in`)).status).toBe(405);
  const form = await fetch(`${app.url}/console/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ link: 'x' }),
  });
  expect(form.status).toBe(415);
});

test('where the console is switched off, the files of other pages remain', async () => {
  const off = await startTestApp({ models: {}, consoleFolder: folder, isConsoleOff: true });
  expect(await (await fetch(off.url)).text()).toContain('An OpenAI-compatible API');
  expect((await fetch(`${off.url}/console/assets/main-1a2b.js`)).status).toBe(200);
  for (const path of ['/console', '/console/keys', '/console/index.html', '/console/assets/gone.js']) {
    expect((await fetch(off.url + path)).status).toBe(404);
  }
  await off.close();
});

test('without a console, / is the page of links, and nothing is below /console', async () => {
  const without = await startTestApp({
    models: { small: sayTexts('Hi') },
    consoleFolder: join(folder, 'assets'),
  });
  expect(await (await fetch(without.url)).text()).toContain('An OpenAI-compatible API');
  expect((await fetch(`${without.url}/console`)).status).toBe(404);
  expect((await fetch(`${without.url}/console/sign-in`, { method: 'POST' })).status).toBe(404);
  await without.close();
});
