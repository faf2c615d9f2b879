// What the playground says when there is no answer, and what it sends besides text.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptedBackend, sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { consoleFolder, expectAccessible, type OpenedConsole, openConsole } from './open-console.ts';
import { answerOf, choose, openSection, send, waitForEnd } from './playground-actions.ts';
import { provideBrowser } from './provide-browser.ts';
import { answers } from './scripts-of-answers.ts';

let app: TestApp;
const browser = provideBrowser();
const seeing = createScriptedBackend(sayTexts('A red dot.'));

beforeAll(async () => {
  const backends = { seeing: { ...seeing, capabilities: { ...seeing.capabilities, images: true } } };
  app = await startTestApp({ models: answers, backends, consoleFolder });
});

afterAll(() => app.close());

async function open(model: string, options: object = {}): Promise<OpenedConsole> {
  const opened = await openConsole(browser(), { url: app.url, key: app.key, ...options });
  await choose(opened.page, model);
  return opened;
}

test('an answer that breaks off says so, and can be asked for again', async () => {
  const { page, close } = await open('broken', {
    expected: /ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION/,
  });
  await send(page, 'Go');
  await page.getByRole('alert').waitFor();
  await page.getByRole('button', { name: 'Generate another answer' }).waitFor();
  await close();
});

test('a reached limit is said in words: which one, what it is, when it ends, and where more is', async () => {
  const { key } = await app.keys.create({ name: 'limited', limits: { requestsPerDay: 1 } });
  const { page, close } = await open('friendly', { key, expected: /429/ });
  await send(page, 'One');
  await waitForEnd(page);
  await send(page, 'Two');
  const notice = page.getByRole('alert');
  await notice.getByText('Rate limit reached for this key on requests per day.').waitFor();
  await notice
    .getByText(
      /The limit of this key is reached: 1, requests a day\. All of it is there again in \d+ (h|min)/,
    )
    .waitFor();
  await expectAccessible(page);
  await notice.getByRole('link', { name: 'My key' }).click();
  await page.getByRole('heading', { name: 'My key', level: 1 }).waitFor();
  await close();
});

test('a spent budget is said in words, and the conversation goes on when it is raised', async () => {
  const { key, record } = await app.keys.create({ name: 'poor', budget: { tokens: 6, period: 'month' } });
  const { page, close } = await open('friendly', { key, expected: /429/ });
  await openSection(page, 'Sampling');
  await page.getByRole('spinbutton', { name: 'max_completion_tokens' }).fill('1');
  await send(page, 'One');
  const notice = page.getByRole('alert');
  await notice.getByText('the budget of this key does not allow more').waitFor();
  await notice
    .getByText(
      /The budget of this key (is spent )?\(6, tokens a month\).* It begins again in \d+ (day|hour|minute)/,
    )
    .waitFor();
  await app.keys.update(record.id, { budget: { tokens: 100_000, period: 'month' } });
  await page.getByRole('button', { name: 'Generate another answer' }).click();
  await waitForEnd(page);
  expect(await notice.count()).toBe(0);
  await close();
});

/** A PNG of one red point. */
const redPoint =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==';

test('a picture is sent to a model that sees, and another model gets none', async () => {
  const { page, close } = await open('seeing');
  const picture = { name: 'red.png', mimeType: 'image/png', buffer: Buffer.from(redPoint, 'base64') };
  await page.getByLabel('Pictures', { exact: true }).setInputFiles(picture);
  await page.getByRole('img', { name: 'To be sent' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: /Remove/ }).click();
  expect(await page.getByRole('img', { name: 'To be sent' }).count()).toBe(0);
  await page.getByLabel('Pictures', { exact: true }).setInputFiles(picture);
  await send(page, 'What is this?');
  await answerOf(page, 'seeing').getByText('A red dot.').waitFor();
  expect(JSON.stringify(seeing.requests.at(-1))).toContain(redPoint);
  await page.locator('.question img').first().waitFor();
  await choose(page, 'friendly');
  await page.getByRole('button', { name: 'Add pictures' }).waitFor({ state: 'detached' });
  await close();
});
