import { afterAll, beforeAll, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { consoleFolder, expectAccessible, looks, openConsole } from './open-console.ts';
import { provideBrowser } from './provide-browser.ts';

let app: TestApp;
const browser = provideBrowser();

beforeAll(async () => {
  app = await startTestApp({ models: { small: sayTexts('Hi') }, defaultModel: 'small', consoleFolder });
});

afterAll(() => app.close());

test.each(looks)('signing in is accessible, and fits: $viewport.width $colorScheme', async (look) => {
  const { page, close } = await openConsole(browser(), { url: app.url, ...look });
  await page.getByLabel('API key').waitFor();
  await expectAccessible(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.viewport.width);
  await close();
});

test('a pasted key signs in, stays in this tab, and is in no address and no local storage', async () => {
  const { page, close } = await openConsole(browser(), { url: app.url });
  await page.getByLabel('API key').fill(`  ${app.key} `);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  expect(page.url()).toBe(`${app.url}/`);
  expect(await page.evaluate('JSON.stringify(localStorage) + document.cookie')).not.toContain(app.key);
  await page.reload();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  await close();
});

test('a wrong key is refused in words, beside its field', async () => {
  const { page, close } = await openConsole(browser(), { url: app.url, expected: /401/ });
  const field = page.getByLabel('API key');
  await field.fill('gx-wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This server does not know this key').waitFor();
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  await field.fill('two words');
  await page.keyboard.press('Enter');
  await page.getByText('A key has no spaces').waitFor();
  await close();
});

test('a one-time link signs in once, and leaves the address', async () => {
  const secret = app.links.create();
  const first = await openConsole(browser(), { url: app.url, path: `/#link=${secret}` });
  await first.page.getByRole('navigation', { name: 'Pages' }).waitFor();
  expect(first.page.url()).not.toContain(secret);
  await first.page.goBack().catch(() => undefined);
  expect(first.page.url()).not.toContain(secret);
  await first.close();

  const second = await openConsole(browser(), { url: app.url, path: `/#link=${secret}`, expected: /401/ });
  await second.page.getByText('This sign-in link was used before').waitFor();
  await second.page.getByLabel('API key').waitFor();
  await second.close();
});

test('a new tab takes the key of an open one, and signing out signs out both', async () => {
  const { page, openTab, close } = await openConsole(browser(), { url: app.url });
  await page.getByLabel('API key').fill(app.key);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  const tab = await openTab('/console/models');
  await tab.getByRole('heading', { name: 'Models' }).waitFor();
  await tab.getByRole('button', { name: 'Sign out' }).click();
  await tab.getByLabel('API key').waitFor();
  await page.getByLabel('API key').waitFor();
  await close();
});

test('with the keyboard alone: skip link, palette, letters, shortcuts', async () => {
  const { page, close } = await openConsole(browser(), { url: app.url, key: app.key });
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('content');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search pages and actions' }).fill('mod');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor();
  expect(await page.title()).toBe('Models · Gravix');
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.waitForURL(`${app.url}/`);
  await page.locator('#content').focus();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await close();
});

test('the theme follows the system until one is chosen, and the choice stays', async () => {
  const ground = 'getComputedStyle(document.body).backgroundColor';
  const { page, close } = await openConsole(browser(), { url: app.url, key: app.key, colorScheme: 'dark' });
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  const dark = await page.evaluate(ground);
  await page.getByRole('button', { name: 'Theme: System' }).click();
  const light = await page.evaluate(ground);
  expect(light).not.toBe(dark);
  await page.reload();
  await page.getByRole('button', { name: 'Theme: Light' }).waitFor();
  expect(await page.evaluate(ground)).toBe(light);
  await close();
});

test('offline it says so, and goes on when the network is back', async () => {
  const { page, close } = await openConsole(browser(), {
    url: app.url,
    key: app.key,
    expected: /ERR_INTERNET_DISCONNECTED/,
  });
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  await page.context().setOffline(true);
  await page.getByText('This device is offline').waitFor();
  await page.context().setOffline(false);
  await page.getByText('The server is back').waitFor();
  await close();
});

test('on a phone the navigation is behind a button', async () => {
  const viewport = { width: 390, height: 844 };
  const { page, close } = await openConsole(browser(), { url: app.url, key: app.key, viewport });
  await page.getByRole('button', { name: 'Open the navigation' }).click();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Models' }).click();
  await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
  await close();
});

test('an address that no page has says so', async () => {
  const { page, close } = await openConsole(browser(), {
    url: app.url,
    key: app.key,
    path: '/console/nothing',
  });
  await page.getByText('There is no such page').waitFor();
  await close();
});
