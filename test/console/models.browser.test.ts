// What operators do with models, on a real server with the real model, a registry, and an upstream that is down.
import { rm } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startBrowser } from '../browser.ts';
import { holdAfter } from '../catalog/file-server.ts';
import { createOllamaRegistry } from '../catalog/ollama-registry.ts';
import type { RegistryServer } from '../catalog/registry-server.ts';
import { createSampleContent } from '../catalog/sample-model.ts';
import { sayTexts } from '../scripted-backend.ts';
import { createTestHome, type ServerProcess, startServerProcess, writeConfig } from '../server-process.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { startWholeApp } from '../start-whole-app.ts';
import { expectAccessible, looks, type OpenConsoleOptions, openConsole } from './open-console.ts';

const realModel = 'smollm2:135m-instruct-q4_1';
const pulledBytes = 4_000_000;
const heldBytes = 1_000_000;
/** A server, its engine and a browser share a busy machine. */
const testMsMax = 120_000;
const poll = { timeout: 60_000 };

vi.setConfig({ testTimeout: testMsMax });

let upstream: TestApp;
let registry: RegistryServer;
let home: string;
let server: ServerProcess;
let browser: Browser;
/** Resolves when `release` is called: what is held of the downloads then goes on. */
let released: Promise<void>;
let release: () => void;

beforeAll(async () => {
  const chromium = await startBrowser();
  if (chromium === undefined) return;
  browser = chromium;
  upstream = await startTestApp({ models: { remote: sayTexts('Hi') } });
  const toLayers = (bytes: number) => [{ kind: 'model', content: createSampleContent(bytes) }];
  registry = await createOllamaRegistry(
    {
      'library/held:latest': toLayers(pulledBytes),
      'library/left:latest': toLayers(pulledBytes),
      'library/broken:latest': [{ kind: 'model', content: Buffer.from('This is no model.') }],
    },
    (request, response, content) => holdAfter(heldBytes, released)(request, response, content),
  );
  home = await createTestHome();
  await writeConfig(
    home,
    `aliases: { nick: "${realModel}" }
upstreams:
  up: { kind: gravix, baseUrl: "${upstream.url}/v1", apiKeyEnv: UP_KEY }
  down: { kind: vllm, baseUrl: "http://127.0.0.1:1/v1" }
models:
  - name: remote
    deployments: [{ upstream: up }]
  - name: lost
    deployments: [{ upstream: down }]
`,
  );
  server = await startServerProcess({
    home,
    flags: ['--model', realModel, '--context-length', '512', '--slots', '2'],
    environment: { OLLAMA_REGISTRY: registry.endpoint, UP_KEY: upstream.key },
  });
}, testMsMax);

beforeEach((context) => {
  if (browser === undefined) context.skip('no Chromium is installed');
  released = new Promise<void>((resolve) => {
    release = resolve;
  });
});

afterAll(async () => {
  if (browser === undefined) return;
  await browser.close();
  await server.stop();
  await Promise.all([registry.close(), upstream.close(), rm(home, { recursive: true, force: true })]);
}, testMsMax);

const open = (options: Partial<OpenConsoleOptions> = {}) =>
  openConsole(browser, { url: server.url, key: server.key, path: '/console/models', ...options });

function rowOf(page: Page, model: string) {
  return page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: model }) });
}

async function pullByName(page: Page, name: string): Promise<void> {
  await page.getByLabel('Pull by name').fill(name);
  await page.getByRole('button', { name: 'Pull', exact: true }).click();
}

test.each(looks)('the page is accessible, and fits: $viewport.width $colorScheme', async (look) => {
  const { page, close } = await open(look);
  await rowOf(page, realModel).waitFor(poll);
  await expectAccessible(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.viewport.width);
  await page.getByRole('tab', { name: 'Pull a model' }).click();
  await page.locator('summary').filter({ hasText: 'qwen3' }).click();
  await page.getByRole('button', { name: 'Pull qwen3:0.6b-q4_K_M' }).waitFor();
  await expectAccessible(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.viewport.width);
  await close();
});

test('what is served stands there with its state, place, context, memory and load', async () => {
  const { page, close } = await open();
  const row = rowOf(page, realModel);
  await row.waitFor(poll);
  expect(await row.getByRole('rowheader').textContent()).toMatch(
    /Default\s*chat, tools, JSON · Q4_1 · 98 MB · Apache-2\.0\s*Also called nick$/,
  );
  const cells = async (model: string) => await rowOf(page, model).getByRole('cell').allInnerTexts();
  expect((await cells(realModel)).slice(0, 5)).toEqual([
    'Ready',
    'This machine',
    '512 tokens',
    expect.stringMatching(/^≈ \d+ MB\s+in memory$/),
    expect.stringMatching(/^0 of 2\s+0 waiting$/),
  ]);
  await expect.poll(async () => (await cells('remote'))[1], poll).toMatch(/^up\s+Ready$/);
  await expect.poll(async () => (await cells('lost'))[1], poll).toMatch(/^down\s+(Failed|Not loaded)/);
  expect((await cells('lost')).at(-1)).toBe('Upstreams');
  await page.getByText(/1 of at most 4 models loaded\. .* of this machine are free\./).waitFor();
  await close();
});

test('a model is unloaded, pinned, loaded and unpinned', async () => {
  const { page, close } = await open();
  await page.getByRole('button', { name: `Unload ${realModel}` }).click();
  const row = rowOf(page, realModel);
  await row.getByText('Not loaded').waitFor(poll);
  await page.getByText('0 of at most 4 models loaded').waitFor(poll);
  await page.getByRole('button', { name: `Pin ${realModel}` }).click();
  await row.getByText('Pinned').waitFor(poll);
  const load = page.getByRole('button', { name: `Load ${realModel}` });
  await load.focus();
  await page.keyboard.press('Enter');
  await row.getByText('Ready').waitFor(poll);
  // The button that had the focus still has it, and now says the other thing.
  expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe(
    `Unload ${realModel}`,
  );
  await page.getByRole('button', { name: `Unpin ${realModel}` }).click();
  await expect.poll(() => row.getByText('Pinned').count(), poll).toBe(0);
  await close();
});

test('a pull is found again after a reload and in another tab, and is cancelled there', async () => {
  const { page, openTab, close } = await open({ path: '/console/models?tab=pull' });
  await pullByName(page, 'ollama:left');
  const toPull = (shown: Page) => shown.getByRole('region', { name: 'Pull of ollama:left:latest' });
  await expect.poll(() => toPull(page).textContent(), poll).toMatch(/Downloading · \d MB of 4 MB · \d+ %/);
  await expectAccessible(page);
  await page.reload();
  await toPull(page).getByText(/\d+ %/).waitFor(poll);
  const tab = await openTab('/console/models');
  await toPull(tab).getByText(/\d+ %/).waitFor(poll);
  await tab.getByRole('button', { name: 'Cancel the pull of ollama:left:latest' }).click();
  await tab.getByText('The pull of ollama:left:latest is cancelled.').waitFor(poll);
  await expect.poll(() => toPull(page).count(), poll).toBe(0);
  expect(await rowOf(tab, 'ollama:left').count()).toBe(0);
  await close();
});

test('a pulled model is served; what can not be loaded says why; it is removed', async () => {
  // A first attempt that failed may have left it.
  const headers = { authorization: `Bearer ${server.key}` };
  await fetch(`${server.url}/v1/models/ollama:held:latest`, { method: 'DELETE', headers });
  const { page, close } = await open({ path: '/console/models?tab=pull', expected: /50[03]/ });
  await pullByName(page, 'ollama:held');
  const pull = page.getByRole('region', { name: 'Pull of ollama:held:latest' });
  await pull.getByText('1 MB of 4 MB').waitFor(poll);
  release();
  await page.getByText('ollama:held:latest is here.').waitFor(poll);
  await page.getByRole('tab', { name: 'Served' }).click();
  const row = rowOf(page, 'ollama:held:latest');
  await row.getByText('Not loaded').waitFor(poll);
  await page.getByRole('button', { name: 'Load ollama:held:latest' }).click();
  await page.getByRole('alert').waitFor(poll);
  expect(await page.getByRole('alert').textContent()).toMatch(/The model could not be loaded/);
  await row.getByText('Failed').waitFor(poll);

  await page.getByRole('button', { name: 'Remove ollama:held:latest' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove ollama:held:latest?' });
  await dialog.getByText('(4 MB) are deleted').waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect.poll(() => row.count(), poll).toBe(0);
  await dialog.waitFor({ state: 'detached' });
  // The button that had the focus is gone, and the keyboard goes on in the page.
  const isInPage = 'document.activeElement.closest("#content") !== null';
  await expect.poll(() => page.evaluate(isInPage), poll).toBe(true);
  await close();
});

test('a name that no registry knows is refused beside its field, and a broken model says so', async () => {
  const { page, close } = await open({ path: '/console/models?tab=pull', expected: /40[04]|50\d/ });
  for (const name of ['there-is-none:1b', 'https://example.com/model.gguf']) {
    await pullByName(page, name);
    await expect.poll(() => page.getByLabel('Pull by name').getAttribute('aria-invalid'), poll).toBe('true');
    expect(await page.locator('.field-error').textContent()).toMatch(/\w+.*\.$/);
  }
  await pullByName(page, 'ollama:broken');
  const failed = page.getByRole('alert').filter({ hasText: 'ollama:broken:latest' });
  await failed.getByText(/The pull of ollama:broken:latest failed\. \w+/).waitFor(poll);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Put the failed pull of ollama:broken:latest away' }).click();
  await expect.poll(() => failed.count(), poll).toBe(0);
  await close();
});

test('the catalogue is searched and sorted, and says what fits', async () => {
  const { page, close } = await open({ path: '/console/models?tab=pull&name=qwen3%3A8b' });
  expect(await page.getByLabel('Pull by name').inputValue()).toBe('qwen3:8b');
  await page.getByLabel('Search the catalogue').fill('q4_k_m llama');
  await page.getByLabel('Order').click();
  await page.getByRole('option', { name: 'Largest first' }).click();
  const sizes = async () =>
    (await page.getByRole('table').getByRole('row').allInnerTexts())
      .slice(1)
      .map((text) => /([\d.]+) GB/.exec(text)?.[1]);
  const largest = await sizes();
  expect(largest.length).toBeGreaterThan(4);
  expect(largest).toEqual([...largest].sort((one, other) => Number(other) - Number(one)));
  expect(await rowOf(page, 'llama3.3:70b').getByRole('cell').allInnerTexts()).toContainEqual(
    expect.stringMatching(/Fits|Too large/),
  );
  await page.getByLabel('Search the catalogue').fill('no such thing');
  await page.getByText('No model of the catalogue fits').waitFor();
  await close();
});

test('a key without the scope admin sees the models, and no buttons', async () => {
  const answer = await fetch(`${server.url}/v1/admin/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'plain' }),
  });
  const { key } = (await answer.json()) as { readonly key: string };
  const { page, close } = await open({ key });
  await rowOf(page, realModel).getByText('This machine').waitFor(poll);
  await rowOf(page, 'remote').getByText('Another server').waitFor();
  expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
  expect(await page.getByRole('tab').count()).toBe(0);
  await expectAccessible(page);
  await close();
});

test('a server without a model offers one', async () => {
  const empty = await startWholeApp({ settings: {} });
  const key = await empty.createKey('operator', ['inference', 'admin']);
  for (const path of ['/console/models', '/']) {
    const { page, close } = await openConsole(browser, { url: empty.url, key, path });
    await page.getByText(/This server (serves no model|has no model that chats) yet/).waitFor(poll);
    expect(await page.getByLabel('Pull by name').inputValue()).toBe(realModel);
    await expectAccessible(page);
    await close();
  }
});
