import { afterAll, beforeAll, expect, test } from 'vitest';
import { readChatStatus } from '../http/requests.ts';
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

const chat = (key: string) => readChatStatus(app.url, key, 'small', { max_tokens: 2 });

const open = (key: string, options = {}) =>
  openConsole(browser(), { url: app.url, key, path: '/console/my-key', ...options });

test.each(looks)(
  'limits and usage of a key are accessible, and fit: $viewport.width $colorScheme',
  async (look) => {
    const { key } = await app.keys.create({
      name: 'seen',
      models: ['small'],
      limits: { requestsPerDay: 10, tokensPerDay: 10_000, concurrentRequests: 2 },
      budget: { tokens: 5000, period: 'month' },
    });
    expect(await chat(key)).toBe(200);
    const { page, close } = await open(key, look);
    await page.getByText('1 of 10 used').waitFor();
    await page.getByRole('img', { name: 'Requests over time' }).locator('canvas').waitFor();
    await expectAccessible(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.viewport.width);
    await close();
  },
);

test('a limit that is reached and a budget that is spent are said in words', async () => {
  const { key } = await app.keys.create({
    name: 'narrow',
    limits: { requestsPerDay: 1 },
    budget: { tokens: 1000, period: 'month' },
  });
  expect(await chat(key)).toBe(200);
  expect(await chat(key)).toBe(429);
  const { page, close } = await open(key);
  await page.getByText('The limit of this key is reached: 1, requests a day.').waitFor();
  await expectAccessible(page);
  await close();
});

test('a key without the scope admin sees the playground, the models and itself', async () => {
  const { key } = await app.keys.create({ name: 'plain' });
  const { page, close } = await open(key);
  await page.getByText('This key and its project have no limit and no budget.').waitFor();
  await page.getByText('Nothing was used in this time').waitFor();
  const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
  expect(await links.allTextContents()).toEqual(['Playground', 'Models', 'My key']);
  await close();
});
