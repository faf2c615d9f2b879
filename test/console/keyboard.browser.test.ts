// The life of a key, by somebody who has no mouse.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readChatStatus } from '../http/requests.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { consoleFolder, openConsole } from './open-console.ts';
import { provideBrowser } from './provide-browser.ts';

const waitMsMax = 30_000;
const tabsMax = 80;

let app: TestApp;
let adminKey: string;
const browser = provideBrowser();

beforeAll(async () => {
  app = await startTestApp({ models: { small: sayTexts('Hi') }, defaultModel: 'small', consoleFolder });
  adminKey = (await app.keys.create({ name: 'operator', scopes: ['inference', 'admin'] })).key;
});

afterAll(() => app.close());

const chat = (key: string) => readChatStatus(app.url, key, 'small');

/** Moves the focus to the control of this name with Tab, as people do who have no mouse. */
async function tabTo(page: Page, role: 'button' | 'textbox', name: string): Promise<void> {
  // What lies under a dialog is out of reach.
  const dialog = page.locator('.dialog').last();
  const root = (await dialog.count()) > 0 ? dialog : page;
  const control = root.getByRole(role, { name }).first();
  await control.waitFor();
  for (let presses = 0; presses < tabsMax; presses += 1) {
    if (await control.evaluate((one) => one === one.ownerDocument.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard does not reach ${name}.`);
}

test('with the keyboard alone a key is made, copied, limited, rotated, disabled and deleted', {
  timeout: 240_000,
}, async () => {
  const permissions = ['clipboard-read', 'clipboard-write'];
  const { page, close } = await openConsole(browser(), {
    url: app.url,
    key: adminKey,
    path: '/console/keys',
    permissions,
  });
  const press = async (name: string) => {
    await tabTo(page, 'button', name);
    await page.keyboard.press('Enter');
  };
  const write = async (name: string, text: string) => {
    await tabTo(page, 'textbox', name);
    await page.keyboard.type(text);
  };
  const noDialog = () => expect.poll(() => page.locator('.dialog').count(), { timeout: waitMsMax }).toBe(0);
  const readClipboard = () => page.evaluate<string>('navigator.clipboard.readText()');
  await press('New key');
  await write('Name', 'by keyboard');
  await write('Requests a day', '5');
  await press('Create key');
  await press('Copy the key');
  await expect.poll(readClipboard, { timeout: waitMsMax }).toMatch(/^gx-/);
  const key = await readClipboard();
  expect(await chat(key)).toBe(200);
  await press('I have kept it');
  await noDialog();

  await press('by keyboard');
  await tabTo(page, 'textbox', 'Requests a day');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('1');
  await press('Save changes');
  await noDialog();
  expect(await chat(key)).toBe(429);

  await press('by keyboard');
  await press('Rotate');
  await page.getByRole('dialog', { name: 'Rotate by keyboard' }).waitFor();
  await press('Rotate');
  await press('Copy the key');
  await expect.poll(readClipboard, { timeout: waitMsMax }).not.toBe(key);
  const rotated = await readClipboard();
  // It is another secret of the same key, whose limit is used up.
  expect(await chat(rotated)).toBe(429);
  await press('I have kept it');
  await noDialog();

  await press('by keyboard');
  await press('Disable');
  await page.getByRole('button', { name: 'Enable' }).waitFor();
  expect(await chat(rotated)).toBe(401);
  await press('Delete');
  await page.getByRole('dialog', { name: /Delete the key/ }).waitFor();
  await write('Write “by keyboard” to confirm', 'by keyboard');
  await page.keyboard.press('Enter');
  await noDialog();
  await expect
    .poll(() => page.getByRole('button', { name: 'by keyboard' }).count(), { timeout: waitMsMax })
    .toBe(0);
  expect(await chat(rotated)).toBe(401);
  await close();
});
