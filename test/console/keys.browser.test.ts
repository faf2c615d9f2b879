import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readChatStatus } from '../http/requests.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import {
  consoleFolder,
  expectAccessible,
  looks,
  type OpenConsoleOptions,
  openConsole,
} from './open-console.ts';
import { provideBrowser } from './provide-browser.ts';

let app: TestApp;
let adminKey: string;
const browser = provideBrowser();

beforeAll(async () => {
  app = await startTestApp({ models: { small: sayTexts('Hi') }, defaultModel: 'small', consoleFolder });
  adminKey = (await app.keys.create({ name: 'operator', scopes: ['inference', 'admin'] })).key;
});

afterAll(() => app.close());

const open = (options: Partial<OpenConsoleOptions> = {}) =>
  openConsole(browser(), { url: app.url, key: adminKey, path: '/console/keys', ...options });

const chat = (key: string) => readChatStatus(app.url, key, 'small');

async function readKey(id: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${app.url}/v1/admin/keys/${id}`, {
    headers: { authorization: `Bearer ${adminKey}` },
  });
  return (await answer.json()) as Record<string, unknown>;
}

async function createKey(name: string, fields = {}): Promise<{ readonly id: string; readonly key: string }> {
  const { key, record } = await app.keys.create({ name, ...fields });
  return { key, id: record.id };
}

/** What the code block of a dialog shows. */
async function readCode(page: Page, label: string): Promise<string> {
  return ((await page.getByRole('region', { name: label }).textContent()) ?? '').trim();
}

test.each(looks)('keys are accessible, and fit: $viewport.width $colorScheme', async (look) => {
  const { id } = await createKey('seen', {
    limits: { requestsPerMinute: 60 },
    budget: { tokens: 1000, period: 'month' },
  });
  const { page, close } = await open(look);
  await page.getByRole('button', { name: 'seen', exact: true }).first().waitFor();
  await expectAccessible(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.viewport.width);
  await page.getByRole('tab', { name: 'Projects' }).click();
  await page.getByRole('button', { name: 'default', exact: true }).waitFor();
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Changes' }).click();
  await page.getByText('Key created').first().waitFor();
  await expectAccessible(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.viewport.width);
  await page.goto(`${app.url}/console/keys?key=${id}`);
  await page.getByRole('dialog', { name: 'seen' }).waitFor();
  await expectAccessible(page);
  await close();
});

test('a key is created with limits, its secret is shown once, and it works', async () => {
  const { page, close } = await open();
  await page.getByRole('button', { name: 'New key' }).click();
  const form = page.getByRole('dialog', { name: 'New key' });
  await form.getByLabel('Name').fill('from the console');
  await form.getByRole('button', { name: 'Allow small' }).click();
  await form.getByRole('button', { name: '30 days' }).click();
  await form.getByLabel('Requests a day').fill('2');
  await form.getByLabel('Tokens a day').fill('1 000 000');
  await form.getByLabel('Period').click();
  await page.getByRole('option', { name: 'Each month' }).click();
  await form.getByLabel('Amount').fill('20.5');
  await form.getByLabel('Currency').fill('EUR');
  await form.getByRole('button', { name: 'Add a pair' }).click();
  await form.getByLabel('Key 1').fill('owner');
  await form.getByLabel('Value 1').fill('ana');
  await form.getByRole('button', { name: 'Create key' }).click();

  await page.getByText('Copy the key now').waitFor();
  await expectAccessible(page);
  const key = await readCode(page, 'Key');
  expect(await readCode(page, 'cURL sample')).toContain(`Bearer ${key}`);
  expect(await chat(key)).toBe(200);
  expect(await chat(key)).toBe(200);
  expect(await chat(key)).toBe(429);

  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('button', { name: 'from the console' }).click();
  await page.getByRole('dialog', { name: 'from the console' }).waitFor();
  expect(await page.content()).not.toContain(key);
  const id = new URL(page.url()).searchParams.get('key') ?? '';
  expect(await readKey(id)).toMatchObject({
    models: ['small'],
    limits: { requests_per_day: 2, tokens_per_day: 1_000_000, tokens_per_minute: null },
    budget: { amount: 20.5, currency: 'EUR', tokens: null, period: 'month', time_zone: 'UTC' },
    metadata: { owner: 'ana' },
  });
  await close();
});

test('the snippet of a new key can be run as it is', async () => {
  const { page, close } = await open();
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name').fill('sampled');
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByText('Copy the key now').waitFor();
  const command = await readCode(page, 'cURL sample');
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const { stdout } = await promisify(execFile)('sh', ['-c', command.replace('curl ', 'curl -s ')]);
  expect(JSON.parse(stdout)).toMatchObject({ choices: [{ message: { content: 'Hi' } }] });
  await close();
});

test.each([
  ['Name', '', 'Name'],
  ['Requests a minute', 'many', 'Requests a minute'],
  ['Tokens a day', '0', 'Tokens a day'],
  ['Requests at the same time', '1.5', 'Requests at the same time'],
  ['Models', 'x'.repeat(257), 'Models'],
  ['Expires', '2020-01-01T00:00', 'Expires'],
])('what the server refuses stands beside its field: %s', async (label, text, place) => {
  const { page, close } = await open({ expected: /400/ });
  await page.getByRole('button', { name: 'New key' }).click();
  const form = page.getByRole('dialog', { name: 'New key' });
  await form.getByLabel('Name').fill('refused');
  await form.getByLabel(label).fill(text);
  await form.getByRole('button', { name: 'Create key' }).click();
  const field = form.getByLabel(place);
  await expect.poll(() => field.getAttribute('aria-invalid'), { timeout: 10_000 }).toBe('true');
  const description = (await field.getAttribute('aria-describedby')) ?? '';
  expect(await page.locator(`[id="${description.split(' ').at(-1)}"]`).textContent()).not.toBe('');
  const focused = `document.activeElement.getAttribute('aria-invalid')`;
  await expect.poll(() => page.evaluate(focused), { timeout: 10_000 }).toBe('true');
  await close();
});

test('a budget without an amount is refused beside the budget', async () => {
  const { page, close } = await open({ expected: /400/ });
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name').fill('no budget');
  await page.getByLabel('Period').click();
  await page.getByRole('option', { name: 'Each day' }).click();
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByRole('group', { name: 'Budget' }).getByRole('alert').waitFor();
  await close();
});

test('only what was changed is sent, so that a change by somebody else stays', async () => {
  const { id } = await createKey('shared', { limits: { requestsPerMinute: 5, tokensPerDay: 100 } });
  const { page, close } = await open({ path: `/console/keys?key=${id}` });
  await page.getByLabel('Requests a minute').fill('7');
  await app.keys.update(id, { limits: { tokensPerDay: 900 }, metadata: { changed: 'elsewhere' } });
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('shared is changed').waitFor();
  expect(await readKey(id)).toMatchObject({
    limits: { requests_per_minute: 7, tokens_per_day: 900 },
    metadata: { changed: 'elsewhere' },
  });
  await close();
});

test('a budget is raised for a time, and the list says so', async () => {
  const { id } = await createKey('raised', { budget: { tokens: 1000, period: 'month' } });
  const { page, close } = await open({ path: `/console/keys?key=${id}` });
  await page.getByLabel('Raise the budget for a time').check();
  await page.getByLabel('Raised tokens').fill('5000');
  await page.getByRole('button', { name: '3 days' }).click();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('raised is changed').waitFor();
  await page.getByRole('row').filter({ hasText: 'raised' }).getByText('raised until').waitFor();
  expect(await readKey(id)).toMatchObject({ budget: { tokens: 1000, override: { tokens: 5000 } } });
  await close();
});

test('a key is disabled, enabled, rotated with an overlap, and rotated without one', async () => {
  const { id, key } = await createKey('cycled');
  const { page, close } = await open({ path: `/console/keys?key=${id}` });
  await page.getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('button', { name: 'Enable' }).waitFor();
  expect(await chat(key)).toBe(401);
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('button', { name: 'Disable' }).waitFor();
  expect(await chat(key)).toBe(200);

  const rotate = async (overlap: string | undefined) => {
    await page.getByRole('button', { name: 'Rotate' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rotate cycled' });
    if (overlap !== undefined) {
      await dialog.getByLabel('The old secret works').click();
      await page.getByRole('option', { name: overlap }).click();
    }
    await dialog.getByRole('button', { name: 'Rotate' }).click();
    await page.getByText('Copy the key now').waitFor();
    const secret = await readCode(page, 'Key');
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('button', { name: 'cycled' }).click();
    return secret;
  };
  const second = await rotate(undefined);
  expect(await chat(key)).toBe(200);
  expect(await chat(second)).toBe(200);
  await page.getByText('Earlier key works until').waitFor();
  const third = await rotate('Refuse it at once');
  expect(await chat(second)).toBe(401);
  expect(await chat(third)).toBe(200);
  await page.getByRole('tab', { name: 'Changes' }).last().click();
  await page.getByRole('dialog').getByText('Key rotated').first().waitFor();
  await close();
});

test('a key is deleted only after its name was written', async () => {
  const { id, key } = await createKey('doomed');
  const { page, close } = await open({ path: `/console/keys?key=${id}` });
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: /Delete the key doomed/ });
  const confirm = dialog.getByRole('button', { name: 'Delete' });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel(/to confirm/).fill('doome');
  expect(await confirm.isDisabled()).toBe(true);
  await expectAccessible(page);
  await dialog.getByLabel(/to confirm/).fill('doomed');
  await confirm.click();
  await expect.poll(() => chat(key), { timeout: 20_000 }).toBe(401);
  await expect.poll(() => dialog.count(), { timeout: 20_000 }).toBe(0);
  await expect.poll(() => page.getByRole('button', { name: 'doomed' }).count(), { timeout: 10_000 }).toBe(0);
  await close();
});

test('the last admin key stays, and the page says why', async () => {
  const id = /gx-([0-9a-f]{16})/.exec(adminKey)?.[1];
  const { page, close } = await open({ path: `/console/keys?key=key_${id}`, expected: /409/ });
  await page.getByRole('button', { name: 'Disable' }).click();
  await page
    .getByText(/last admin key|no other/i)
    .first()
    .waitFor();
  await close();
});

test('keys are found by words, by their whole secret, by status and by project', async () => {
  // A word of this try alone: a second try finds only its own keys.
  const word = `needle${randomUUID().slice(0, 8)}`;
  const { key } = await createKey(`${word} one`, { metadata: { owner: 'zoe' } });
  const { id } = await createKey(`${word} two`);
  await app.keys.update(id, { isDisabled: true });
  const { page, close } = await open();
  const rows = page.getByRole('row').filter({ has: page.getByRole('rowheader') });
  const search = page.getByLabel('Search keys');
  const expectNames = (...names: readonly string[]) =>
    // Keys of the same millisecond stand in the order of their random ids.
    expect
      .poll(async () => (await rows.getByRole('button').allInnerTexts()).sort(), { timeout: 10_000 })
      .toEqual(names);
  await search.fill(word.toUpperCase());
  await expectNames(`${word} one`, `${word} two`);
  await search.fill(`zoe ${word}`);
  await expectNames(`${word} one`);
  await search.fill(key);
  await expectNames(`${word} one`);
  await search.fill(word);
  await page.getByLabel('Status').click();
  await page.getByRole('option', { name: 'Disabled' }).click();
  await expectNames(`${word} two`);
  await search.fill('nothing like it');
  await page.getByText('No key fits').waitFor();
  await close();
});

test('a project is created, limits all of its keys, and is deleted when it has none', async () => {
  const { page, close } = await open({ path: '/console/keys?tab=projects', expected: /409/ });
  await page.getByRole('button', { name: 'New project' }).click();
  await page.getByLabel('Name').fill('team');
  await page.getByLabel('Requests a day').fill('1');
  await page.getByRole('button', { name: 'Create project' }).click();
  await page.getByText('The project team is there').waitFor();
  const rows = page.getByRole('row').filter({ has: page.getByRole('rowheader') });
  await page.getByLabel('Search projects').fill('proj_ TEAM');
  await expect.poll(() => rows.count(), { timeout: 10_000 }).toBe(1);
  await page.getByLabel('Search projects').fill('');
  const one = await createKey('member one', { project: 'team' });
  const two = await createKey('member two', { project: 'team' });
  expect(await chat(one.key)).toBe(200);
  expect(await chat(two.key)).toBe(429);

  await page.getByRole('button', { name: 'team', exact: true }).click();
  await page.getByLabel('Requests a day').fill('');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('team is changed').waitFor();
  await expect.poll(() => chat(two.key), { timeout: 10_000 }).toBe(200);

  await page.getByRole('button', { name: 'team', exact: true }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByLabel(/to confirm/).fill('team');
  await page.keyboard.press('Enter');
  await page
    .getByRole('dialog', { name: /Delete the project/ })
    .getByRole('alert')
    .waitFor();
  await app.keys.remove(one.id);
  await app.keys.remove(two.id);
  await page.keyboard.press('Enter');
  await page.getByText('The project team is deleted').waitFor();
  await close();
});

test('a key without the scope admin does not see the keys', async () => {
  const { page, close } = await open({ key: (await createKey('plain')).key });
  await page.getByText('There is no such page').waitFor();
  expect(await page.getByRole('link', { name: 'Keys', exact: true }).count()).toBe(0);
  await close();
});
