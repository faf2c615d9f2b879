import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../browser.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { type OpenedPage, openPage } from './open-page.ts';

const model = 'smollm2:135m-instruct-q4_1';

let app: TestApp;
let browser: Browser | undefined;

beforeAll(async () => {
  app = await startTestApp({ models: { [model]: sayTexts('Hi') } });
  browser = await startBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await app.close();
});

test.each([
  ['/docs', 'text/html; charset=utf-8'],
  ['/docs/page.js', 'text/javascript; charset=utf-8'],
  ['/docs/page.css', 'text/css; charset=utf-8'],
  ['/docs/viewer.js', 'text/javascript; charset=utf-8'],
  ['/docs/viewer.css', 'text/css; charset=utf-8'],
])('%s is served without a key, under a policy without exceptions', async (path, type) => {
  const answer = await fetch(`${app.url}${path}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe(type);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const policy = answer.headers.get('content-security-policy');
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  const text = await answer.text();
  expect(text.length).toBeGreaterThan(100);
  if (type.startsWith('text/html')) expect(text).not.toMatch(/https?:|<style|style=|<script>/);
});

async function openDocs(chromium: Browser, options: BrowserContextOptions): Promise<OpenedPage> {
  const opened = await openPage(chromium, `${app.url}/docs`, options);
  await opened.page.getByText('Create a chat completion').first().click();
  return opened;
}

test('a reader finds an operation, its samples in three languages and its fields', async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const { page, complaints, hosts } = await openDocs(browser, {});
  const samples = page.getByRole('region', { name: 'Samples' });
  await expect.poll(() => samples.textContent()).toContain(`curl ${app.url}/v1/inference/chat/completions`);
  await samples.getByRole('button', { name: 'Python' }).click();
  await expect.poll(() => samples.textContent()).toContain(`base_url="${app.url}/v1/inference"`);
  await samples.getByRole('button', { name: 'JavaScript' }).click();
  await expect.poll(() => samples.textContent()).toContain(`model: '${model}'`);
  expect(await page.getByText('temperature').count()).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
  expect([...hosts]).toEqual([app.url]);
  await page.close();
});

test('each operation stands once, and the fields that are refused are behind one that opens', async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const { page, complaints } = await openDocs(browser, {});
  const titles = await page.locator('.opblock-summary-description').allTextContents();
  expect(titles.length).toBeGreaterThan(15);
  expect(new Set(titles).size).toBe(titles.length);
  const { paths } = (await (await fetch(`${app.url}/openapi.json`)).json()) as { paths: object };
  // Programs still find both addresses.
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/v1/models', '/v1/inference/models']));
  const operation = page.locator('#operations-Chat-createChatCompletion');
  const body = operation.locator('.opblock-section-request-body');
  await body.getByText('temperature', { exact: true }).first().waitFor();
  // What a field means is to be seen without a click.
  await body.getByText('Return the log-probability of each token').first().waitFor();
  const refused = body.getByText('modalities', { exact: true });
  expect(await refused.count()).toBe(0);
  await body
    .getByRole('button', { name: /^which/ })
    .first()
    .click();
  await refused.first().waitFor();
  expect(complaints).toEqual([]);
  if (process.env['SCREENSHOT'] !== undefined) await body.screenshot({ path: process.env['SCREENSHOT'] });
  await page.close();
});

test('a request is made from the page itself, with the key that was put in', async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const { page, complaints } = await openDocs(browser, {});
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  await page.locator('.auth-container input').fill(app.key);
  await page.locator('.auth-btn-wrapper button[type=submit]').click();
  await page.locator('.btn-done').click();
  await page.getByText('List the models').first().click();
  const operation = page.locator('#operations-Models-listModels');
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  await expect
    .poll(() => operation.locator('.live-responses-table').textContent())
    .toContain('"object": "list"');
  expect(complaints).toEqual([]);
  await page.close();
});

test('on a phone in the dark it is dark, and nothing is wider than the screen', async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const viewport = { width: 390, height: 844 };
  const { page, complaints } = await openDocs(browser, { viewport, colorScheme: 'dark' });
  await page.getByRole('region', { name: 'Samples' }).waitFor();
  const look = await page.evaluate<{ background: string; width: number }>(
    '({ background: getComputedStyle(document.body).backgroundColor, width: document.documentElement.scrollWidth })',
  );
  expect(look).toEqual({ background: 'rgb(28, 32, 34)', width: viewport.width });
  expect(complaints).toEqual([]);
  if (process.env['SCREENSHOT'] !== undefined) await page.screenshot({ path: process.env['SCREENSHOT'] });
  await page.close();
});
