// Upstreams and settings as an operator sees them, of a whole server with one upstream that answers and one that does not.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sayTexts, started } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { startWholeApp } from '../start-whole-app.ts';
import { expectAccessible, looks, type OpenConsoleOptions, openConsole } from './open-console.ts';
import { provideBrowser } from './provide-browser.ts';

const secret = 'gx-the-secret-of-an-upstream';
const webhookSecret = Buffer.from('the secret of the web hook here').toString('base64');
/** On a busy machine, a server and its pages take their time. */
const testMsMax = 120_000;

let upstream: TestApp;
const browser = provideBrowser();

beforeAll(async () => {
  upstream = await startTestApp({
    models: { small: sayTexts('Hi'), silent: () => [started, { type: 'wait-for-abort' }] },
  });
});

afterAll(() => upstream.close());

async function startServer(settings: Readonly<Record<string, unknown>> = {}) {
  const server = await startWholeApp({
    settings: { webhookUrl: 'http://127.0.0.1:1/hook', webhookSecret: `whsec_${webhookSecret}`, ...settings },
    environment: { UP_KEY: upstream.key, DOWN_KEY: secret, GRAVIX_QUEUE_LENGTH_MAX: '77' },
  });
  const adminKey = await server.createKey('operator', ['inference', 'admin']);
  const open = (path: string, options: Partial<OpenConsoleOptions> = {}) =>
    openConsole(browser(), { url: server.url, key: adminKey, path, ...options });
  return { server, open, adminKey };
}

/** Resolves when the answer has ended, in whatever way. */
async function ask(url: string, key: string, model: string, signal: AbortSignal): Promise<void> {
  const answer = fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], stream: true }),
    signal,
  });
  await answer.then((one) => one.text()).catch(() => undefined);
}

const withUpstreams = () => ({
  upstreams: {
    up: { kind: 'gravix', baseUrl: `${upstream.url}/v1`, apiKeyEnv: 'UP_KEY' },
    down: { kind: 'vllm', baseUrl: 'http://127.0.0.1:1/v1', apiKeyEnv: 'DOWN_KEY' },
  },
  models: [
    {
      name: 'small',
      spillOverMs: 900,
      deployments: [{ upstream: 'up', weight: 3 }],
    },
    { name: 'silent', deployments: [{ upstream: 'up' }] },
    { name: 'lost', deployments: [{ upstream: 'down', model: 'meta/lost', priority: 2 }] },
  ],
});

test.each(looks)('both pages are accessible, and fit: $viewport.width $colorScheme', async (look) => {
  const { open } = await startServer(withUpstreams());
  const { page, close } = await open('/console/upstreams', look);
  await page.getByRole('region', { name: 'Deployments' }).getByText('Failed').waitFor();
  await expectAccessible(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.viewport.width);
  await page.goto(page.url().replace('upstreams', 'settings'));
  await page.getByText('GRAVIX_QUEUE_LENGTH_MAX').waitFor();
  await expectAccessible(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.viewport.width);
  await close();
});

test('deployments have their health, breaker and load, and servers their last failure', {
  timeout: testMsMax,
}, async () => {
  const { server, open, adminKey } = await startServer(withUpstreams());
  // What comes when the breaker is open waits, so nothing waits for it here.
  const abort = new AbortController();
  const asked = [1, 2].map(() => ask(server.url, adminKey, 'lost', abort.signal));
  const { page, close } = await open('/console/upstreams');
  const cellsOf = (model: string) =>
    page
      .getByRole('table')
      .first()
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name: model }) })
      .getByRole('cell')
      .allTextContents();
  await expect
    .poll(() => cellsOf('small'), { timeout: 30_000 })
    .toEqual(['up', 'Ready', 'Closed', expect.stringMatching(/^0/), '0', '0', '3', '900 ms']);
  await expect
    .poll(() => cellsOf('lost'), { timeout: 30_000 })
    .toEqual([
      'down',
      'Failed',
      expect.stringMatching(/^Open.*(tried again in|tries it)/),
      '0',
      '0',
      '2',
      '1',
      'Never',
    ]);
  const down = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'down' }) });
  await expect
    .poll(() => down.getByRole('cell').last().textContent(), { timeout: 30_000 })
    .toMatch(/ago|now/);
  expect(await page.content()).not.toContain(secret);
  abort.abort();
  await Promise.all(asked);
  await close();
});

test('an open page reads again: a request that runs is seen, and its end', {
  timeout: testMsMax,
}, async () => {
  const { server, open, adminKey } = await startServer(withUpstreams());
  const { page, close } = await open('/console/upstreams');
  const running = page
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: 'silent' }) })
    .getByRole('cell')
    .nth(3);
  await expect.poll(() => running.textContent(), { timeout: 30_000 }).toMatch(/^0/);
  const abort = new AbortController();
  const asked = ask(server.url, adminKey, 'silent', abort.signal);
  await expect.poll(() => running.textContent(), { timeout: 30_000 }).toMatch(/^1/);
  abort.abort();
  await asked;
  await expect.poll(() => running.textContent(), { timeout: 30_000 }).toMatch(/^0/);
  await close();
});

test('an upstream that is down: the playground says so, and another model answers', {
  timeout: testMsMax,
}, async () => {
  const { open } = await startServer({ ...withUpstreams(), queueWaitMsMax: 1000 });
  const { page, close } = await open('/', { expected: /50[0-4]/ });
  const ask = async (model: string) => {
    await page.getByRole('combobox', { name: 'Model', exact: true }).click();
    await page.getByRole('option', { name: new RegExp(`^${model}\\b`) }).click();
    await page.getByRole('textbox', { name: 'Message' }).fill('Hi');
    await page.keyboard.press('Enter');
  };
  await ask('lost');
  await page.getByRole('alert').waitFor({ timeout: 60_000 });
  const problem = await page.getByRole('alert').textContent();
  expect(problem).toMatch(/can be reached now|upstream|server/);
  expect(problem).not.toContain('127.0.0.1');
  await ask('small');
  await page.getByRole('article', { name: 'Answer of small' }).getByText('Hi').waitFor({ timeout: 60_000 });
  await close();
});

test('a drill starts after a question, and its results are a table', { timeout: testMsMax }, async () => {
  const { open } = await startServer(withUpstreams());
  const { page, close } = await open('/console/upstreams');
  await page.getByRole('button', { name: 'Drill' }).click();
  const dialog = page.getByRole('dialog', { name: 'Drill' });
  await dialog.getByLabel('Deployment').click();
  await page.getByRole('option', { name: 'down/meta/lost (lost)' }).click();
  await dialog.getByRole('button', { name: 'Start the drill' }).click();
  await dialog.getByText(/requests? (got|did not get) what is promised/).waitFor({ timeout: 100_000 });
  const refused = dialog.getByRole('row').filter({ hasText: 'refuses connections' });
  expect(await refused.getByRole('cell').allTextContents()).toEqual([
    'Held503 overloaded',
    'Held503 overloaded',
  ]);
  await expectAccessible(page);
  await close();
});

test('without upstreams the page says how to configure one', async () => {
  const { open } = await startServer();
  const { page, close } = await open('/console/upstreams');
  await page.getByText('There is no upstream yet').waitFor();
  await page.getByText('docs/guides/upstreams.md').waitFor();
  expect(await page.getByRole('button', { name: 'Drill' }).count()).toBe(0);
  await expectAccessible(page);
  await close();
});

test('settings have their source, are found, and hide what may be secret', async () => {
  const { open } = await startServer(withUpstreams());
  const { page, close } = await open('/console/settings');
  const row = (name: string) =>
    page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: new RegExp(`^${name}\\b`) }) });
  await row('queueLengthMax').waitFor();
  expect(await row('queueLengthMax').getByRole('cell').allTextContents()).toEqual([
    '77',
    '256',
    'EnvironmentGRAVIX_QUEUE_LENGTH_MAX',
    'at a restart',
  ]);
  expect(await row('requestMsMax').getByRole('cell').first().textContent()).toMatch(/^\d+[mh]$/);
  expect(await row('aliases').getByRole('cell').last().textContent()).toBe('at a reload');
  expect(await row('webhookSecret').getByRole('cell').first().textContent()).toBe('Set; never shown');
  expect(await page.content()).not.toContain(webhookSecret);
  await page.getByLabel('Search settings').fill('queue length');
  await expect.poll(() => page.getByRole('rowheader').count()).toBe(1);
  await page.getByLabel('Search settings').fill('no such thing');
  await page.getByText('No setting fits').waitFor();
  await close();
});

test('a key without the scope admin does not see these pages', async () => {
  const { server, open } = await startServer(withUpstreams());
  const key = await server.createKey('plain');
  for (const path of ['/console/upstreams', '/console/settings']) {
    const { page, close } = await open(path, { key });
    await page.getByText('There is no such page').waitFor();
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    expect(await links.allTextContents()).toEqual(['Playground', 'Models', 'My key']);
    await close();
  }
});
