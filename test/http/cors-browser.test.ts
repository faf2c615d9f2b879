// A page of another origin in a real browser, with OpenAI's own package for JavaScript as its authors publish it.
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../browser.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';

const packages = join(import.meta.dirname, '..', '..', 'node_modules');

let pages: Server;
let origin: string;
let browser: Browser | undefined;
let allowing: TestApp;
let refusing: TestApp;

beforeAll(async () => {
  pages = createServer((request, response) => void sendPage(request.url ?? '/', response));
  await new Promise<void>((resolve) => {
    pages.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  const models = { good: sayTexts('Hello', ' from', ' here') };
  allowing = await startTestApp({ models, limits: { corsOrigins: [origin] } });
  refusing = await startTestApp({ models });
  browser = await startBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  pages.close();
  await Promise.all([allowing.close(), refusing.close()]);
});

/** An empty page, and the files of packages as they are. */
async function sendPage(url: string, response: import('node:http').ServerResponse): Promise<void> {
  if (url === '/') {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>A page</title>');
    return;
  }
  const text = await readFile(join(packages, normalize(url)), 'utf8').catch(() => undefined);
  response.statusCode = text === undefined ? 404 : 200;
  response.setHeader('content-type', 'text/javascript').end(text);
}

async function openPage(chromium: Browser): Promise<Page> {
  const page = await chromium.newPage();
  await page.goto(origin);
  return page;
}

/** Runs in the page: `client` is OpenAI's, and the code is the body of a function. */
function runInPage<Result>(page: Page, app: TestApp, code: string): Promise<Result> {
  return page.evaluate<Result>(`(async () => {
    const { OpenAI } = await import('/openai/index.mjs');
    const client = new OpenAI({
      baseURL: '${app.url}/v1/inference',
      apiKey: '${app.key}',
      dangerouslyAllowBrowser: true,
      maxRetries: 0,
    });
    ${code}
  })()`);
}

const messages = `messages: [{ role: 'user', content: 'Hello' }]`;

test("OpenAI's package answers, streams and lists in a page of a listed origin", async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const page = await openPage(browser);
  const found = await runInPage<Record<string, unknown>>(
    page,
    allowing,
    `const plain = await client.chat.completions.create({ model: 'good', ${messages}, surprise: 1 }).withResponse();
    const texts = [];
    for await (const chunk of await client.chat.completions.create({ model: 'good', ${messages}, stream: true })) {
      texts.push(chunk.choices[0]?.delta.content);
    }
    const made = await client.chat.completions.stream({ model: 'good', ${messages} }).finalContent();
    const list = await client.models.list();
    const lost = await client.models.retrieve('a/b:c').catch((error) => error);
    return {
      text: plain.data.choices[0].message.content,
      requestId: plain.response.headers.get('x-request-id'),
      ignored: plain.response.headers.get('x-ignored-params'),
      texts: texts.filter(Boolean), made, names: list.data.map(({ id }) => id),
      lost: [lost.status, lost.code, lost.headers.get('x-should-retry')],
    };`,
  );
  expect(found).toEqual({
    text: 'Hello from here',
    requestId: expect.stringMatching(/^req_/),
    ignored: 'surprise',
    texts: ['Hello', ' from', ' here'],
    made: 'Hello from here',
    names: ['good'],
    lost: [404, 'model_not_found', 'false'],
  });
  await page.close();
});

test('a page of another origin gets nothing', async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const page = await openPage(browser);
  const failure = `.then(() => 'an answer', (error) => error.constructor.name)`;
  const asked = `client.chat.completions.create({ model: 'good', ${messages} })${failure}`;
  expect(await runInPage(page, refusing, `return await ${asked};`)).toBe('APIConnectionError');
  expect(await page.evaluate(`fetch('${refusing.url}/health')${failure}`)).toBe('TypeError');
  expect(refusing.logLines().some(({ method }) => method === 'POST')).toBe(false);
  await page.close();
});
