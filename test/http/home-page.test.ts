import { afterAll, beforeAll, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ models: { 'a<b>"c': sayTexts('Hi'), other: sayTexts('Hi') } });
});

afterAll(() => app.close());

function get(accept?: string, path = '/'): Promise<Response> {
  return fetch(`${app.url}${path}`, accept === undefined ? {} : { headers: { accept } });
}

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

test.each([browser, '*/*', undefined, 'text/html, application/json'])(
  'a person gets a page: %s',
  async (accept) => {
    const answer = await get(accept);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('vary')).toBe('Accept');
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'self'; script-src 'self';/);
    const page = await answer.text();
    expect(page).toContain('href="/models"');
    expect(page).toContain('href="/docs"');
    expect(page).toContain(`${app.url}/v1`);
    expect(page).toContain('a&lt;b&gt;&quot;c');
    expect(page).not.toMatch(/<script|style=|onclick/);
  },
);

test('what the page loads and links to is there', async () => {
  const page = await (await get(browser)).text();
  const paths = [...page.matchAll(/href="(\/[^"]*)"/g)].map(([, path = '']) => path);
  expect(paths).toContain('/docs');
  for (const path of paths) expect((await get(undefined, path)).status).toBe(200);
});

test.each(['application/json', 'application/json, */*;q=0.1', 'application/problem+json'])(
  'a client that asks for JSON gets it: %s',
  async (accept) => {
    const answer = await get(accept);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await answer.json()).toMatchObject({
      name: 'gravix',
      status: 'ready',
      models: ['a<b>"c', 'other'],
      links: { models: '/v1/models' },
    });
  },
);

test('where pages need a key it says what to do, and names no model', async () => {
  const closed = await startTestApp({ models: { 'a<b>"c': sayTexts('Hi') }, limits: { pages: 'key' } });
  const { statusCode, body } = await closed.inject('/', { accept: browser });
  expect(statusCode).toBe(200);
  expect(body).toContain('GRAVIX_PAGES=open');
  expect(body).not.toContain('a&lt;b');
  expect(body).not.toContain('href="/docs"');
  const forPrograms = await closed.inject('/', { accept: 'application/json' });
  expect(JSON.parse(forPrograms.body)).not.toHaveProperty('models');
  await closed.close();
});

test('another method is 405, and HEAD is answered', async () => {
  expect((await fetch(`${app.url}/`, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${app.url}/`, { method: 'HEAD' })).status).toBe(200);
});
