import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { consoleFolder, expectAccessible, type OpenedConsole, openConsole } from './open-console.ts';
import { answerOf, choose, openSection, send, waitForEnd } from './playground-actions.ts';
import { provideBrowser } from './provide-browser.ts';
import { answers } from './scripts-of-answers.ts';

let app: TestApp;
const browser = provideBrowser();

beforeAll(async () => {
  app = await startTestApp({ models: answers, consoleFolder });
});

afterAll(() => app.close());

async function open(model: string, options: object = {}): Promise<OpenedConsole> {
  const opened = await openConsole(browser(), { url: app.url, key: app.key, ...options });
  await choose(opened.page, model);
  return opened;
}

test('a message is answered in Markdown, with tokens, speed and the time to the first', async () => {
  const { page, close } = await open('friendly');
  await send(page, 'Hi there');
  const answer = answerOf(page, 'friendly');
  await answer.getByText('from the model.').waitFor();
  expect(await answer.locator('strong').first().textContent()).toBe('Hello');
  await waitForEnd(page);
  expect(await answer.locator('.answer-figures').textContent()).toMatch(/5 tokens .*first after .* s/);
  await expectAccessible(page);
  await close();
});

test('an answer is stopped with the mouse and with Escape; what came stays', async () => {
  const { page, close } = await open('endless');
  await send(page, 'Tell me');
  await answerOf(page, 'endless').getByText('Once upon a time').waitFor();
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await page.getByText('Stopped.').waitFor();
  await send(page, 'Again');
  await page.getByRole('button', { name: 'Stop the answer' }).waitFor();
  await page.getByRole('textbox', { name: 'Message' }).focus();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByText('Stopped.').count()).toBe(2);
  expect(await page.getByText('Once upon a time').count()).toBeGreaterThan(0);
  await close();
});

test('another answer is a version of it, and a changed question a branch', async () => {
  const { page, close } = await open('counting');
  await send(page, 'First question');
  await waitForEnd(page);
  const first = await answerOf(page, 'counting').locator('.markdown').textContent();
  await page.getByRole('button', { name: 'Generate another answer' }).click();
  await page.getByText('2 / 2').waitFor();
  expect(await answerOf(page, 'counting').locator('.markdown').textContent()).not.toBe(first);
  await page.getByRole('button', { name: 'Earlier version' }).click();
  await page.getByText('1 / 2').waitFor();
  expect(await answerOf(page, 'counting').locator('.markdown').textContent()).toBe(first);

  await page.getByRole('button', { name: 'Edit the message' }).click();
  await page.getByRole('textbox', { name: 'Edit the message' }).fill('Another question');
  await page.getByRole('button', { name: 'Send as a new version' }).click();
  await page.locator('.question-text').getByText('Another question').waitFor();
  await waitForEnd(page);
  expect(await page.locator('.question-text').count()).toBe(1);
  await page.locator('.question').getByRole('button', { name: 'Earlier version' }).click();
  await page.locator('.question-text').getByText('First question').waitFor();
  await close();
});

test('system prompt and parameters are sent, with ranges and help from the schema', async () => {
  const { page, close } = await open('friendly');
  await page.getByLabel('System prompt').fill('Answer in rhymes.');
  await openSection(page, 'Sampling');
  const temperature = page.getByRole('spinbutton', { name: 'temperature' });
  await page.getByText('Sampling temperature, 0 to 2').waitFor();
  await temperature.fill('3');
  await page.getByText('Must be 2 or less.', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
  await temperature.fill('0.25');
  await page.getByRole('spinbutton', { name: 'seed' }).fill('7');
  await page.getByRole('textbox', { name: 'stop', exact: true }).fill('END');
  await expectAccessible(page);
  await send(page, 'Hi');
  await waitForEnd(page);
  const request = app.backend('friendly').requests.at(-1);
  expect(request?.sampling).toMatchObject({ temperature: 0.25 });
  expect(JSON.stringify(request)).toContain('Answer in rhymes.');
  expect(JSON.stringify(request)).toContain('"END"');
  await close();
});

test('a call of a tool is seen, answered by hand, and used', async () => {
  const { page, close } = await open('calling');
  await openSection(page, 'Tools');
  await page.getByRole('button', { name: 'Insert a sample' }).click();
  await send(page, 'The weather in Paris?');
  const call = page.getByRole('region', { name: 'Call of get_weather' });
  await call.getByText('"city": "Paris"').waitFor();
  await page.getByLabel('Result of get_weather').fill('It is sunny');
  await page.getByRole('button', { name: 'Send the result' }).click();
  await page.getByText('Sunny in Paris.').waitFor();
  await waitForEnd(page, 2);
  await expectAccessible(page);
  await close();
});

test('tools that are no list of functions say so, and nothing is sent', async () => {
  const { page, close } = await open('calling');
  await openSection(page, 'Tools');
  const field = page.getByLabel('Functions that the model may call');
  await field.fill('{"type": "function"}');
  await page.getByText('Expected a list of tools').first().waitFor();
  await field.fill('[{"type": "function"}]');
  await page.getByText('Each tool needs').first().waitFor();
  await page.getByRole('textbox', { name: 'Message' }).fill('Hi');
  expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
  await close();
});

async function askForJson(page: Page): Promise<void> {
  await openSection(page, 'Form of the answer');
  await page.getByRole('combobox', { name: 'Form of the answer' }).click();
  await page.getByRole('option', { name: 'JSON that matches a schema' }).click();
  await page.getByLabel('JSON Schema').waitFor();
}

test('an answer in JSON is checked against the schema', async () => {
  const { page, close } = await open('json');
  await askForJson(page);
  await send(page, 'Paris');
  await page.getByText('Valid JSON').waitFor();
  expect(JSON.stringify(app.backend('json').requests.at(-1))).toContain('people');
  await close();
});

test('JSON that can no longer match is said to be wrong before it ends', async () => {
  const { page, close } = await open('wrong-json');
  await askForJson(page);
  await send(page, 'Paris');
  await page.getByText(/^\/?city:/).waitFor();
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await close();
});

test('thoughts are folded', async () => {
  const { page, close } = await open('thoughtful');
  await send(page, 'Why?');
  await page.getByText('Done.').waitFor();
  expect(await page.getByText('Let me').count()).toBe(0);
  await page.getByText('Thoughts').click();
  await page.locator('.answer-reasoning em').getByText('think').waitFor();
  await close();
});

test('tokens are coloured by their probability, and show the alternatives', async () => {
  const { page, close } = await open('probable');
  await openSection(page, 'Sampling');
  await page.getByLabel('Probabilities of the tokens').check();
  await send(page, 'Well?');
  await waitForEnd(page);
  await page.getByRole('button', { name: 'Show the tokens by probability' }).click();
  await page.getByRole('button', { name: 'sir, 9.1 %' }).click();
  await page.getByRole('listitem').filter({ hasText: 'madam' }).getByText('81.9 %').waitFor();
  await page.mouse.move(0, 0);
  // Tokens are targets in a sentence, which WCAG excepts from the size of targets.
  await expectAccessible(page, ['target-size']);
  await close();
});

test('two models answer side by side, and each goes on in its lane', async () => {
  const { page, close } = await open('friendly');
  await page.getByRole('button', { name: 'Compare with a second model' }).click();
  await choose(page, 'second', 'Second model');
  await send(page, 'Who are you?');
  const left = page.getByRole('region', { name: 'Messages of friendly' });
  const right = page.getByRole('region', { name: 'Messages of second' });
  await left.getByText('from the model.').waitFor();
  await right.getByText('I am another.').waitFor();
  await waitForEnd(page, 2);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Show one model only' }).click();
  expect(await page.getByText('I am another.').count()).toBe(0);
  await close();
});

test('links and notes are found wherever their other half is, and maths on a line is a block', async () => {
  const { page, close } = await open('referring');
  await send(page, 'Refer');
  await waitForEnd(page);
  const answer = page.locator('.answer');
  expect(await answer.getByRole('link', { name: 'a page' }).getAttribute('href')).toBe(
    'https://one.example/',
  );
  await answer.locator('.footnotes').getByText('The text of the note.').waitFor();
  expect(await answer.locator('sup').textContent()).toBe('1');
  expect(await answer.getByText('[').count()).toBe(0);
  await answer.locator('.maths-block math[display=block]').waitFor();
  // What is no formula stays as it was written.
  await answer.getByText('\\frac{a', { exact: true }).waitFor();
  await expectAccessible(page);
  await close();
});

test('hostile answers run nothing, load nothing and look like text', async () => {
  const { page, close } = await open('hostile');
  await send(page, 'Attack');
  await page.getByText('The end of it.').waitFor();
  await waitForEnd(page);
  await page.locator('.maths math').first().waitFor();
  await page.locator('.code-view code span').first().waitFor();
  const found = await page.evaluate<Record<string, unknown>>(`({
    hacked: window.hacked ?? null,
    elements: document.querySelectorAll('.answer :is(script, iframe, img, object, embed, style, link, form)').length,
    handlers: [...document.querySelectorAll('.answer *')].flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith('on')),
    links: [...document.querySelectorAll('.answer a')].map((one) => one.protocol + ' ' + one.rel + ' ' + one.hasAttribute('ping')),
    isShown: document.querySelector('#root').offsetHeight > 100,
  })`);
  expect(found).toMatchObject({ hacked: null, elements: 0, handlers: [], isShown: true });
  for (const link of found['links'] as string[])
    expect(link).toMatch(/^https?: noopener noreferrer nofollow false$/);
  await page.getByRole('link', { name: 'Picture: picture' }).waitFor();
  await page.getByText('<svg onload=', { exact: false }).first().waitFor();
  await close();
});

test('"copy as" gives programs that run as they are, without the key', async () => {
  const { page, close } = await open('friendly');
  await page.getByLabel('System prompt').fill(`It's "odd": $HOME \\n ü`);
  await openSection(page, 'Sampling');
  await page.getByRole('spinbutton', { name: 'min_p' }).fill('0.1');
  await page.getByRole('button', { name: 'Copy as' }).click();
  await expectAccessible(page);
  const programs: Record<string, string> = {};
  for (const language of ['cURL', 'Python', 'JavaScript']) {
    await page.getByRole('tab', { name: language }).click();
    programs[language] =
      (await page.getByRole('region', { name: `Request in ${language}` }).textContent()) ?? '';
  }
  expect(JSON.stringify(programs)).not.toContain(app.key);
  const folder = await mkdtemp(join(import.meta.dirname, '..', '..', '.cache', 'copy-as-'));
  const environment = { ...process.env, GRAVIXLAYER_API_KEY: app.key };
  const run = promisify(execFile);
  const curl = await run('sh', ['-c', programs['cURL'] ?? ''], { env: environment });
  expect(curl.stdout).toContain('[DONE]');
  await writeFile(join(folder, 'request.mjs'), programs['JavaScript'] ?? '');
  const javascript = await run(process.execPath, [join(folder, 'request.mjs')], { env: environment });
  expect(javascript.stdout).toBe('**Hello** from the model.\n');
  await rm(folder, { recursive: true });
  for (const request of app.backend('friendly').requests.slice(-2)) {
    expect(JSON.stringify(request)).toContain(JSON.stringify(`It's "odd": $HOME \\n ü`));
  }
  expect(programs['Python']).toContain('extra_body={\n        "min_p": 0.1,');
  await close();
});

test('conversations are kept, found, renamed, exported, deleted and imported', async () => {
  const { page, close } = await open('friendly');
  await send(page, 'The first conversation');
  await waitForEnd(page);
  await page.keyboard.press('Control+Shift+O');
  await page.getByText('What would you like to know?').waitFor();
  await send(page, 'A second one');
  await waitForEnd(page);
  await page.reload();
  const list = page.getByRole('complementary', { name: 'Conversations' });
  await list.getByRole('button', { name: 'The first conversation', exact: true }).click();
  await page.locator('.question-text').getByText('The first conversation').waitFor();
  await list.getByRole('searchbox').fill('second');
  await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
  await list.getByRole('searchbox').fill('');
  await list.getByRole('button', { name: 'Rename The first conversation' }).click();
  await page.getByLabel('Name of the conversation').fill('Renamed');
  await page.keyboard.press('Enter');
  const downloading = page.waitForEvent('download');
  await list.getByRole('button', { name: 'Export' }).click();
  const path = await (await downloading).path();
  expect(JSON.parse(await readFile(path, 'utf8')).conversations).toHaveLength(2);
  await list.getByRole('button', { name: 'Delete Renamed' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
  await page.getByLabel('File with conversations').first().setInputFiles(path);
  await list.getByRole('button', { name: 'Renamed', exact: true }).waitFor();
  await page
    .getByLabel('File with conversations')
    .first()
    .setInputFiles({
      name: 'wrong.json',
      mimeType: 'application/json',
      buffer: Buffer.from('{"a": 1}'),
    });
  await page.getByText('This is no file with exported conversations').waitFor();
  await close();
});

test('two tabs see the same conversations', async () => {
  const { page, openTab, close } = await open('friendly');
  const tab = await openTab('/');
  await tab.getByText('Your conversations stay in this browser.').first().waitFor();
  await send(page, 'Written in the first tab');
  await tab.getByRole('button', { name: 'Written in the first tab', exact: true }).waitFor();
  await close();
});

test.each([
  { width: 1280, colorScheme: 'dark' },
  { width: 390, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
] as const)('it is accessible and fits: $width $colorScheme', async ({ width, colorScheme }) => {
  const { page, close } = await open('friendly', { viewport: { width, height: 844 }, colorScheme });
  await expectAccessible(page);
  await send(page, 'Hello');
  await waitForEnd(page);
  await expectAccessible(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  if (width < 1000) {
    await page.getByRole('button', { name: 'Show the conversations' }).click();
    await page.getByRole('dialog', { name: 'Conversations' }).waitFor();
    await expectAccessible(page);
  }
  await close();
});
