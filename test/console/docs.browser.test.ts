import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage } from '../http/open-page.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { consoleFolder, expectAccessible, looks } from './open-console.ts';
import { provideBrowser } from './provide-browser.ts';

/** axe-core looks at each element of five pages: as long as that takes on a busy machine, in milliseconds. */
const axeMsMax = 300_000;

let app: TestApp;
const browser = provideBrowser();

beforeAll(async () => {
  app = await startTestApp({ models: { small: sayTexts('Hi') }, consoleFolder });
});

afterAll(() => app.close());

test.each(looks)(
  'its pages are accessible, and fit: $viewport.width $colorScheme',
  async (look) => {
    const paths = [
      '/docs',
      '/docs/api/chat',
      '/docs/errors',
      '/docs/guides/tool-calls',
      '/docs/search?q=key',
    ];
    for (const path of paths) {
      const { page, complaints, hosts } = await openPage(browser(), app.url + path, look);
      await page.getByRole('button', { name: /^Theme/ }).waitFor();
      await expectAccessible(page);
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBe(look.viewport.width);
      expect(complaints).toEqual([]);
      expect([...hosts]).toEqual([app.url]);
      await page.close();
    }
  },
  axeMsMax,
);

test('the language of one sample is chosen for all, and stays for the next page', async () => {
  const { page, complaints } = await openPage(browser(), `${app.url}/docs/api/responses`);
  await page.getByText('Python', { exact: true }).first().click();
  const samples = page.locator('.samples');
  await expect.poll(() => samples.nth(2).locator('.sample:visible').textContent()).toContain('import');
  await page.goto(`${app.url}/docs/api/chat`);
  const shown = page.locator('.sample:visible');
  await expect.poll(() => shown.textContent()).toContain('from openai import OpenAI');
  // Coloured, and still the text that runs.
  await page.locator('.hljs-keyword').first().waitFor({ state: 'attached' });
  expect(await shown.locator('code').textContent()).toContain(`base_url="${app.url}/v1/inference"`);
  expect(complaints).toEqual([]);
  await page.close();
});

test('a sample is copied as it is printed', async () => {
  const permissions = ['clipboard-read', 'clipboard-write'];
  const { page, complaints } = await openPage(browser(), `${app.url}/docs/api/chat`, { permissions });
  await page.getByRole('button', { name: 'Copy the code' }).first().click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const copied = await page.evaluate<string>('navigator.clipboard.readText()');
  expect(copied).toMatch(/^curl http/);
  expect(copied).toContain('"model": "small"');
  expect(complaints).toEqual([]);
  await page.close();
});

test('a search shows what it finds while somebody types, and the page again when the field is empty', async () => {
  const { page, complaints } = await openPage(browser(), `${app.url}/docs/guides/chat`);
  await page.getByRole('heading', { level: 1, name: 'Chat' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('insufficient_quota');
  await page.getByRole('status').filter({ hasText: 'insufficient_quota' }).waitFor();
  expect(page.url()).toBe(`${app.url}/docs/guides/chat`);
  await page.getByLabel('Search the documentation').fill('');
  await page.getByRole('heading', { level: 1, name: 'Chat' }).waitFor();
  await page.getByLabel('Search the documentation').fill('insufficient_quota');
  await page.getByRole('status').filter({ hasText: 'insufficient_quota' }).waitFor();
  await page.getByRole('main').locator('a:not([href*="guides/chat"])').first().click();
  await page.waitForURL(/\/docs\/(?!guides\/chat)/);
  expect(complaints).toEqual([]);
  await page.close();
});

test('without a script it reads, searches, and shows each language of a sample', async () => {
  const options = { javaScriptEnabled: false };
  const { page, complaints } = await openPage(browser(), `${app.url}/docs/api/chat`, options);
  expect(await page.locator('.sample:visible').textContent()).toMatch(/^\s*curl/);
  await page.getByText('JavaScript', { exact: true }).click();
  expect(await page.locator('.sample:visible').textContent()).toContain("from 'openai'");
  await page.getByLabel('Search the documentation').fill('temperature');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/docs\/search\?q=temperature/);
  expect(await page.getByRole('status').textContent()).toMatch(/places for “temperature”/);
  expect(complaints).toEqual([]);
  await page.close();
});

test('on a phone the navigation is folded, and leads to each page', async () => {
  const viewport = { width: 390, height: 844 };
  const { page, complaints } = await openPage(browser(), `${app.url}/docs`, { viewport });
  await page.getByText('All pages').click();
  await page.locator('.docs-fold').getByRole('link', { name: 'Errors' }).click();
  await page.getByRole('heading', { level: 1, name: 'Errors' }).waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

test('where the console is switched off, the pages keep their look', async () => {
  const off = await startTestApp({ models: { small: sayTexts('Hi') }, consoleFolder, isConsoleOff: true });
  for (const path of ['/docs', '/models', '/']) {
    const { page, complaints } = await openPage(browser(), off.url + path);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(246, 247, 245)');
    expect(await page.getByRole('link', { name: 'Console', exact: true }).count()).toBe(0);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await page.close();
  }
  await off.close();
});
