import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readChatStatus } from '../http/requests.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { consoleFolder, expectAccessible, looks, openConsole } from './open-console.ts';
import { provideBrowser } from './provide-browser.ts';

let app: TestApp;
let adminKey: string;
const browser = provideBrowser();

beforeAll(async () => {
  const models = { small: sayTexts('Hi'), large: sayTexts('Hello') };
  app = await startTestApp({ models, defaultModel: 'small', consoleFolder });
  adminKey = (await app.keys.create({ name: 'operator', scopes: ['inference', 'admin'] })).key;
  const { key } = await app.keys.create({ name: 'traffic', limits: { requestsPerDay: 3 } });
  const statuses = [];
  for (const model of ['small', 'small', 'large', 'large'])
    statuses.push(await readChatStatus(app.url, key, model));
  expect(statuses).toEqual([200, 200, 200, 429]);
  // Rows are written in the background.
  await vi.waitFor(async () => expect(await app.ledger()).toHaveLength(3), {
    timeout: 20_000,
    interval: 100,
  });
});

afterAll(() => app.close());

const open = (path = '/console/usage', options = {}) =>
  openConsole(browser(), { url: app.url, key: adminKey, path, ...options });

test.each(looks)('usage is accessible, and fits: $viewport.width $colorScheme', async (look) => {
  const { page, close } = await open('/console/usage?by=model', look);
  await page.getByRole('img', { name: 'Requests over time' }).locator('canvas').waitFor();
  await expectAccessible(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.viewport.width);
  await page.getByRole('tab', { name: 'Requests' }).click();
  await page.getByText('Completed').first().waitFor();
  await expectAccessible(page);
  const narrowest =
    'Math.min(...[...document.querySelectorAll(".filters .select")].map((one) => one.offsetWidth))';
  expect(await page.evaluate(narrowest)).toBeGreaterThan(90);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.viewport.width);
  await close();
});

test('after traffic the figures have it, by model and as a table', async () => {
  const { page, close } = await open('/console/usage?by=model');
  const figure = page.getByRole('region', { name: 'Requests', exact: true });
  await expect
    .poll(() => figure.locator('.legend-item').allTextContents(), { timeout: 20_000 })
    .toEqual(['small2', 'large1']);
  await figure.getByRole('button', { name: 'Requests as a table' }).click();
  const cells = await figure.getByRole('cell').allTextContents();
  const sumOf = (column: number) =>
    cells.filter((_, index) => index % 2 === column).reduce((total, text) => total + Number(text), 0);
  expect([sumOf(0), sumOf(1)]).toEqual([2, 1]);
  const errors = page.getByRole('region', { name: 'Errors and refusals' });
  await page.getByLabel('Lines').click();
  await page.getByRole('option', { name: 'All together' }).click();
  await errors.getByText('Over a limit1').waitFor();
  await close();
});

test('the axis of a count has whole values, however small they are', async () => {
  const { page, close } = await open('/console/settings');
  await page.context().addInitScript(`
    window.drawn = [];
    const fillText = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (...given) {
      window.drawn.push([this.canvas.closest('section')?.getAttribute('aria-label'), given[0]]);
      return fillText.apply(this, given);
    };`);
  await page.goto(`${app.url}/console/usage`);
  const readValues = async (title: string) => {
    const drawn = await page.evaluate<[string, string][]>('window.drawn');
    const texts = drawn.filter(([name]) => name === title).map(([, text]) => text);
    return [...new Set(texts.filter((text) => /^[\d.,]+$/.test(text)))].map(Number);
  };
  for (const title of ['Requests', 'Errors and refusals']) {
    await expect.poll(() => readValues(title), { timeout: 20_000 }).toContain(1);
    for (const value of await readValues(title)) expect(Number.isInteger(value), String(value)).toBe(true);
  }
  await close();
});

test('the log of requests has filters, and is saved as CSV', async () => {
  const { page, close } = await open('/console/usage?tab=requests');
  const rows = page.getByRole('row').filter({ has: page.getByRole('rowheader') });
  await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(3);
  await page.getByRole('combobox', { name: 'Model' }).click();
  await page.getByRole('option', { name: 'large' }).click();
  await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(1);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV' }).click(),
  ]);
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('large');
  await page.getByRole('combobox', { name: 'Outcome' }).click();
  await page.getByRole('option', { name: 'Failed' }).click();
  await page.getByText('No request fits').waitFor();
  await close();
});
