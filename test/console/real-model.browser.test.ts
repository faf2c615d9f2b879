// The console with the real server and the real model. What the model says is its own affair: no test reads it.
import { rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { createTestHome, startServerProcess } from '../server-process.ts';
import { startOnTerminal } from '../start-on-terminal.ts';
import { openConsole } from './open-console.ts';
import { answerOf, openSection, send } from './playground-actions.ts';
import { provideBrowser } from './provide-browser.ts';

const model = 'smollm2:135m-instruct-q4_1';
/** A server, its engine and a browser share a busy machine. */
const testMsMax = 240_000;
const poll = { timeout: 100_000 };
const schema = '{"type":"object","properties":{"sky":{"enum":["blue","grey"]}},"required":["sky"]}';

const browser = provideBrowser();

async function createHome(): Promise<string> {
  const home = await createTestHome();
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

/** The figures of an answer stand there when it has ended. */
const waitForEnds = (page: Page, count: number) =>
  expect.poll(() => page.getByText(/first after/).count(), poll).toBe(count);

test('the first minute: the link of the terminal, an answer, another one, JSON, a call of a tool, a stop', {
  timeout: testMsMax,
}, async () => {
  const server = await startOnTerminal(await createHome(), '--context-length', '4096');
  const link = /console\s+(http\S+#link=\S+)/.exec(server.shown())?.[1] ?? '';
  const url = new URL(link);
  const { page, close } = await openConsole(browser(), { url: url.origin, path: `/${url.hash}` });
  await page.getByText('What would you like to know?').waitFor(poll);
  expect(await page.getByRole('combobox', { name: 'Model', exact: true }).textContent()).toContain(model);

  await openSection(page, 'Sampling');
  const length = page.getByRole('spinbutton', { name: 'max_completion_tokens' });
  await length.fill('24');
  await send(page, 'Say hello.');
  await waitForEnds(page, 1);
  expect((await answerOf(page, model).locator('.markdown').textContent())?.length).toBeGreaterThan(0);
  expect(await answerOf(page, model).locator('.answer-figures').textContent()).toMatch(/\d+ tokens/);
  await page.getByRole('button', { name: 'Generate another answer' }).click();
  await page.getByText('2 / 2').waitFor(poll);
  await waitForEnds(page, 1);

  await openSection(page, 'Form of the answer');
  await page.getByRole('combobox', { name: 'Form of the answer' }).click();
  await page.getByRole('option', { name: 'JSON that matches a schema' }).click();
  await page.getByLabel('JSON Schema').fill(schema);
  await send(page, 'The sky?');
  await page.getByText('Valid JSON').waitFor(poll);
  await page.getByRole('combobox', { name: 'Form of the answer' }).click();
  await page.getByRole('option', { name: 'Text', exact: true }).click();

  await openSection(page, 'Tools');
  await page.getByRole('button', { name: 'Insert a sample' }).click();
  const toolChoice = page.getByLabel('tool_choice', { exact: true });
  await toolChoice.fill('required');
  await length.fill('200');
  await send(page, 'The weather in Paris?');
  await page.getByRole('region', { name: 'Call of get_weather' }).waitFor(poll);
  await page.getByLabel('Result of get_weather').waitFor(poll);
  await toolChoice.fill('none');
  await page.getByLabel('Result of get_weather').fill('It is sunny');
  await page.getByRole('button', { name: 'Send the result' }).click();
  await waitForEnds(page, 4);

  // It does not end by itself.
  await page.getByRole('combobox', { name: 'ignore_eos' }).click();
  await page.getByRole('option', { name: 'true', exact: true }).click();
  await length.fill('');
  await send(page, 'Tell me a story.');
  await expect
    .poll(async () => (await answerOf(page, model).last().textContent())?.length, poll)
    .toBeGreaterThan(60);
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await page.getByText('Stopped.').waitFor(poll);
  await close();
  server.type('\u0003');
  await server.exited;
});

test('a server that is started again under an open page: the page says so, and goes on', {
  timeout: testMsMax,
}, async () => {
  const home = await createHome();
  const first = await startServerProcess({ home, flags: ['--context-length', '512'] });
  const { page, close } = await openConsole(browser(), {
    url: first.url,
    key: first.key,
    expected: /ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY_RESPONSE|503/,
  });
  await page.getByText('What would you like to know?').waitFor(poll);
  await first.stop();
  await send(page, 'Is there anybody?');
  await page.getByText('The server does not answer. This page goes on by itself').waitFor(poll);
  await page.getByRole('alert').getByText('The server does not answer').waitFor(poll);

  const flags = ['--context-length', '512', '--port', String(first.port)];
  const second = await startServerProcess({ home, flags });
  onTestFinished(() => void second.stop());
  await page.locator('.connection[data-state="down"]').waitFor({ state: 'detached', ...poll });
  await openSection(page, 'Sampling');
  await page.getByRole('spinbutton', { name: 'max_completion_tokens' }).fill('8');
  await page.getByRole('button', { name: 'Generate another answer' }).click();
  await waitForEnds(page, 1);
  expect((await answerOf(page, model).locator('.markdown').textContent())?.length).toBeGreaterThan(0);
  await close();
  await second.stop();
});
