import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readJson } from './requests.ts';

const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const model = 'smollm2:135m-instruct-q4_1';

let app: TestApp;
/** By path. */
const pages = new Map<string, string>();

/** Reads the overview and every page of its navigation. */
beforeAll(async () => {
  app = await startTestApp({ models: { [model]: sayTexts('Hi') } });
  const overview = await readPage('/docs');
  pages.set('/docs', overview);
  const paths = new Set([...overview.matchAll(/href="(\/docs[^"#]*)"/g)].map(([, path = '']) => path));
  for (const path of paths) pages.set(path, await readPage(path));
});

afterAll(() => app.close());

async function readPage(path: string): Promise<string> {
  const answer = await fetch(`${app.url}${path}`);
  expect(answer.status, path).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('content-security-policy'), path).toBe(policy);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  return answer.text();
}

function toText(page: string): string {
  const plain = page.replace(/<[^>]*>/g, '');
  return [
    ['&lt;', '<'],
    ['&gt;', '>'],
    ['&quot;', '"'],
    ['&#39;', "'"],
    ['&amp;', '&'],
  ].reduce((text, [entity = '', character = '']) => text.replaceAll(entity, character), plain);
}

test('every page is there, with nothing inline and nothing from elsewhere', () => {
  expect(pages.size).toBeGreaterThan(25);
  for (const [path, page] of pages) {
    expect(page, path).not.toMatch(/<style|\sstyle=|<script|\son[a-z]+="|\ssrc=/);
    expect(page.match(/<h1/g), path).toHaveLength(1);
  }
});

test('every link leads to a page, and to a place on it', async () => {
  const others = new Set<string>();
  for (const [from, page] of pages) {
    for (const [, href = ''] of page.matchAll(/href="([^"]*)"/g)) {
      const [path = '', fragment] = href.split('#');
      if (/^https?:/.test(href) || href === 'data:,') continue;
      const target = pages.get(path === '' ? from : path);
      if (target === undefined) others.add(path);
      else if (fragment !== undefined) expect(target, `${from} → ${href}`).toContain(`id="${fragment}"`);
    }
  }
  for (const path of others) expect((await fetch(`${app.url}${path}`)).status, path).toBe(200);
  expect([...others].sort()).toEqual(['/', '/models', '/openapi.json']);
});

test('each operation of the document stands once, with its samples as they are', async () => {
  const { paths } = (await (await fetch(`${app.url}/openapi.json`)).json()) as OpenApi;
  const reference = [...pages].filter(([path]) => path.startsWith('/docs/api/')).map(([, page]) => page);
  const all = reference.join('\n');
  const text = toText(all);
  let count = 0;
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.tags[0] === 'Under /v1') continue;
      count += 1;
      expect(all.split(`<section class="operation" id="${operation.operationId}"`)).toHaveLength(2);
      expect(text).toContain(`${method.toUpperCase()} ${path}`);
      for (const { source } of operation['x-codeSamples']) expect(text).toContain(source.trimEnd());
    }
  }
  expect(count).toBeGreaterThan(50);
});

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly 'x-codeSamples': readonly { readonly source: string }[];
}

test('fields have type, range, default and meaning, and the refused ones are folded', () => {
  const page = pages.get('/docs/api/chat') ?? '';
  const text = toText(page).replaceAll(/\s+/g, ' ');
  expect(text).toContain('temperature number or null Sampling temperature');
  expect(text).toMatch(/0 to 2 · default 1 /);
  expect(page).toContain('<summary><code>role=user</code></summary>');
  const folded = /<summary>\d+ fields? that (?:is|are) refused<\/summary>[\s\S]*?<\/details>/g;
  expect(page.match(folded)?.join('')).toContain('>modalities<');
  expect(page.replace(folded, '')).not.toContain('>modalities<');
  expect(text).toContain('Each event of the stream');
});

test('the errors are a table, and guides name the address of this server', () => {
  expect(toText(pages.get('/docs/errors') ?? '')).toContain('context_length_exceeded');
  const guide = pages.get('/docs/guides/chat') ?? '';
  expect(guide).toContain(`${app.url}/v1`);
  expect(guide).not.toContain('127.0.0.1:4728');
  expect(guide).toContain('data-language="python"');
});

test.each([
  ['temperature', 'Create a chat completion', '/docs/api/chat#createChatCompletion'],
  ['  TEMPERATURE   nucleus ', 'Create a chat completion', '/docs/api/chat#createChatCompletion'],
  ['/v1/inference/embeddings', 'Create embeddings', '/docs/api/text#createEmbedding'],
  ['insufficient_quota', 'Errors', '/docs/errors'],
  ['drain', 'Settings', '/docs/settings'],
])('a search for "%s" finds %s', async (query, title, href) => {
  const page = await readPage(`/docs/search?q=${encodeURIComponent(query)}`);
  expect(page).toMatch(new RegExp(`<a href="${href}[^"]*"><strong>`));
  expect(toText(page)).toContain(title);
});

test('a search that finds nothing says so, and its words are text', async () => {
  const page = await readPage(`/docs/search?q=${encodeURIComponent('<script>alert(1)</script>')}`);
  expect(page).not.toContain('<script>');
  expect(toText(page)).toContain('Nothing has all words of “<script>alert(1)</script>”');
});

test('a search that is too long is refused, and an unknown parameter is named', async () => {
  const long = await fetch(`${app.url}/docs/search?q=${'a'.repeat(201)}`);
  expect(long.status).toBe(400);
  expect((await readJson(long)).error).toMatchObject({ param: 'q' });
  expect((await fetch(`${app.url}/docs?page=2`)).headers.get('x-ignored-params')).toBe('page');
});

test.each(['/docs/nothing', '/docs/guides/..%2f..%2fpackage', '/docs/api', '/docs/guides/nothing'])(
  '%s is no page, which a page says',
  async (path) => {
    const answer = await fetch(`${app.url}${path}`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-security-policy')).toBe(policy);
    expect(await answer.text()).toContain('There is no such page');
  },
);

test('all of it needs a key where the setting says so', async () => {
  const closed = await startTestApp({ models: { [model]: sayTexts('Hi') }, limits: { pages: 'key' } });
  for (const path of ['/docs', '/docs/guides/chat', '/docs/search?q=a']) {
    expect((await fetch(`${closed.url}${path}`)).status).toBe(401);
    const headers = { authorization: `Bearer ${closed.key}` };
    expect((await fetch(`${closed.url}${path}`, { headers })).status).toBe(200);
  }
  await closed.close();
});

test('a browser without a key gets a page that says what to do, and nothing else of the page', async () => {
  const closed = await startTestApp({ models: { [model]: sayTexts('Hi') }, limits: { pages: 'key' } });
  const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
  for (const [path, place] of [
    ['/docs', '/docs'],
    ['/docs/$(reboot)?q=a', '/docs'],
    ['/models', '/models'],
    ['/openapi.json', '/openapi.json'],
  ] as const) {
    const answer = await fetch(`${closed.url}${path}`, { headers: { accept } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toBe(policy);
    expect(answer.headers.get('vary')).toBe('Accept');
    const text = await answer.text();
    expect(text).toContain('<h1>This page needs a key</h1>');
    expect(text).toContain('GRAVIX_PAGES=open');
    expect(text).toContain(`curl -H "Authorization: Bearer KEY" ${closed.url}${place}<`);
    expect(text).not.toContain(model);
    expect(text).not.toContain('reboot');
    for (const other of ['application/json', '*/*']) {
      const { headers } = await fetch(`${closed.url}${path}`, { headers: { accept: other } });
      expect(headers.get('content-type')).toMatch(/^application\/json/);
    }
    const headers = { accept, authorization: `Bearer ${closed.key}` };
    const opened = await fetch(`${closed.url}${path}`, { headers });
    expect(opened.status).toBe(path.includes('reboot') ? 404 : 200);
  }
  await closed.close();
});

test('a guide that exists is in the navigation', async () => {
  const names = await readdir(join(import.meta.dirname, '..', '..', 'docs', 'guides'));
  for (const name of names) expect([...pages.keys()]).toContain(`/docs/guides/${name.replace('.md', '')}`);
});
