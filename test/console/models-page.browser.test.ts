import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../browser.ts';
import { chatCapabilities } from '../create-routed-model.ts';
import { type OpenedPage, openPage } from '../http/open-page.ts';
import { chatAlias, chatFacts, chatModel, embeddingFacts, embeddingModel } from '../http/scripted-models.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { consoleFolder, expectAccessible, looks } from './open-console.ts';

const hostileModel = `<img src=x onerror="document.title='broken'">`;
const script = sayTexts('Hi');

/** axe-core looks at each element of a page: as long as that takes on a busy machine, in milliseconds. */
const axeMsMax = 240_000;

let app: TestApp;
let browser: Browser | undefined;

beforeAll(async () => {
  app = await startTestApp({
    models: { [chatModel]: script, [embeddingModel]: script, [hostileModel]: script },
    defaultModel: chatModel,
    consoleFolder,
    aliases: { [chatAlias]: chatModel },
    facts: {
      [chatModel]: chatFacts,
      [embeddingModel]: embeddingFacts,
      [hostileModel]: { capabilities: chatCapabilities },
    },
  });
  browser = await startBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await app.close();
});

function openModels(chromium: Browser, options: BrowserContextOptions = {}, query = ''): Promise<OpenedPage> {
  return openPage(chromium, `${app.url}/models${query}`, options);
}

/** Into the folder that `SCREENSHOTS` names, for people to look at. */
async function takeScreenshot(page: Page, name: string, fullPage = false): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
}

const countShown = (page: Page, kind: string) =>
  page.evaluate<number>(`document.querySelectorAll('[data-kind=${kind}]:not([hidden])').length`);

test('typing filters at once, as the server would, and the address keeps it', async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const { page, complaints, hosts } = await openModels(browser);
  expect(await page.title()).toBe('Models · Gravix');
  expect(await countShown(page, 'served')).toBe(3);
  await takeScreenshot(page, 'light', true);
  await page.getByLabel('Search').pressSequentially('Q8_0 qwen3:');
  await page.getByLabel('Show').selectOption('Ready to pull');
  await expect.poll(() => new URL(page.url()).search).toBe('?q=Q8_0+qwen3%3A&show=pullable');
  const row = page.getByRole('row', { name: 'gravix pull qwen3:8b-q8_0' });
  expect(await row.isVisible()).toBe(true);
  const shown = await countShown(page, 'pullable');
  expect(shown).toBeGreaterThan(1);
  expect(await page.getByRole('status').textContent()).toBe(`0 served here, ${shown} ready to pull`);
  await takeScreenshot(page, 'filtered');
  await page.reload();
  expect(await countShown(page, 'pullable')).toBe(shown);
  expect(await countShown(page, 'served')).toBe(0);
  expect(await row.isVisible()).toBe(true);
  await page.getByLabel('Search').fill('no such model');
  await page.getByText('No model matches.').waitFor();
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect.poll(() => countShown(page, 'served')).toBe(3);
  expect(complaints).toEqual([]);
  expect([...hosts]).toEqual([app.url]);
  await page.close();
});

test('samples and commands are copied whole', async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const permissions = ['clipboard-read', 'clipboard-write'];
  const { page, complaints } = await openModels(browser, { permissions });
  const article = page.getByRole('article').filter({ hasText: chatModel });
  await article.getByText('Samples').click();
  await takeScreenshot(page, 'samples', true);
  await article.getByRole('button', { name: 'Copy the Python sample' }).click();
  await article.getByRole('button', { name: 'Copied' }).waitFor();
  const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
  expect(await copied()).toMatch(/^import os\n/);
  expect(await copied()).toContain(`model="${chatModel}"`);
  await page.getByText('bge-m3').first().click();
  await page.getByRole('button', { name: 'Copy the command for bge-m3:567m-fp16' }).click();
  await expect.poll(copied).toBe('gravix pull bge-m3:567m-fp16');
  expect(complaints).toEqual([]);
  await page.close();
});

test('a hostile name is shown as it is written', async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const { page, complaints } = await openModels(browser, {}, `?q=${encodeURIComponent(hostileModel)}`);
  expect(await page.getByRole('heading', { level: 3 }).filter({ hasText: '<img' }).textContent()).toBe(
    hostileModel,
  );
  expect(await page.getByLabel('Search').inputValue()).toBe(hostileModel);
  expect(await countShown(page, 'served')).toBe(1);
  expect(await page.title()).toBe('Models · Gravix');
  expect(await page.locator('img').count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.close();
});

test('without a script it can be read, unfolded and filtered', async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const { page, complaints } = await openModels(browser, { javaScriptEnabled: false });
  await page.getByLabel('Search').fill('r1 q8_0 70b');
  await page.getByRole('button', { name: 'Apply' }).click();
  expect(new URL(page.url()).searchParams.get('q')).toBe('r1 q8_0 70b');
  const command = page.getByText('gravix pull deepseek-r1:70b-llama-distill-q8_0');
  expect(await command.isVisible()).toBe(true);
  expect(await page.getByRole('button', { name: 'Copy' }).count()).toBe(0);
  await takeScreenshot(page, 'no-script');
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  const article = page.getByRole('article').filter({ hasText: embeddingModel });
  await article.getByText('Samples').click();
  expect(await article.getByText('client.embeddings.create').first().isVisible()).toBe(true);
  expect(complaints).toEqual([]);
  await page.close();
});

test('with the keyboard alone a family is unfolded and the search is reached', async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const { page } = await openModels(browser);
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.id')).toBe('q');
  const family = page.locator('.family').filter({ hasText: 'llama3.3' });
  await family.locator('summary').focus();
  await page.keyboard.press('Enter');
  expect(await family.getByText('gravix pull llama3.3:70b-instruct-q4_K_M').isVisible()).toBe(true);
  await page.close();
});

test.each(looks)(
  'it is accessible, and nothing is wider than the screen: $viewport.width $colorScheme',
  async (look) => {
    // Vitest gives no context to test.each.
    if (browser === undefined) return;
    const { page, complaints } = await openModels(browser, look, '?q=qwen3:');
    await page.getByLabel('Sort').waitFor();
    await page.locator('.family[open]:not([hidden])').first().waitFor();
    await expectAccessible(page);
    await takeScreenshot(page, `${look.viewport.width}-${look.colorScheme}`, true);
    const shown = await page.evaluate<{ background: string; width: number }>(
      '({ background: getComputedStyle(document.body).backgroundColor, width: document.documentElement.scrollWidth })',
    );
    // The grounds of the console.
    const background = look.colorScheme === 'dark' ? 'rgb(16, 20, 19)' : 'rgb(246, 247, 245)';
    expect(shown).toEqual({ background, width: look.viewport.width });
    expect(complaints).toEqual([]);
    await page.close();
  },
  axeMsMax,
);

test('sorting is by the server, and the button to pull leads to the console with the name', async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const { page, complaints } = await openModels(browser, {}, '?show=pullable&q=qwen3:');
  await page.getByLabel('Sort').selectOption('Smallest first');
  await page.waitForURL(/sort=smallest/);
  expect(new URL(page.url()).searchParams.get('q')).toBe('qwen3:');
  const link = page.getByRole('link', { name: 'Pull qwen3:8b-q8_0' });
  expect(await link.getAttribute('href')).toBe('/console/models?tab=pull&name=qwen3%3A8b-q8_0');
  expect(complaints).toEqual([]);
  await page.close();
});

test('the theme that was chosen in the console holds here, too', async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const { page, complaints } = await openModels(browser, { colorScheme: 'dark' });
  const ground = 'getComputedStyle(document.body).backgroundColor';
  await page.getByRole('button', { name: 'Theme: System' }).click();
  expect(await page.evaluate(ground)).toBe('rgb(246, 247, 245)');
  expect(await page.evaluate("localStorage.getItem('gravix.theme')")).toBe('light');
  await page.reload();
  await page.getByRole('button', { name: 'Theme: Light' }).waitFor();
  expect(await page.evaluate(ground)).toBe('rgb(246, 247, 245)');
  expect(complaints).toEqual([]);
  await page.close();
});

test('the reference and this page lead to each other', async (context) => {
  if (browser === undefined) return context.skip('no Chromium is installed');
  const { page, complaints } = await openModels(browser);
  await page.getByRole('link', { name: 'Docs' }).click();
  await page.getByRole('heading', { level: 1, name: 'Gravix API' }).waitFor();
  await takeScreenshot(page, 'docs');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Models' }).click();
  await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});
