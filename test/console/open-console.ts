import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

export const consoleFolder = join(import.meta.dirname, '..', '..', 'dist', 'console');

const sizes = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

/** How each page is looked at: on a desk and on a phone, in both themes. */
export const looks = sizes.flatMap((viewport) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ viewport, colorScheme })),
);

const axePath = join(import.meta.dirname, '..', '..', 'node_modules', 'axe-core', 'axe.min.js');

/** What axe-core checks: everything of WCAG 2.2 AA, and its own good practice. A tooltip is in no landmark, and needs none. */
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export interface OpenedConsole {
  readonly page: Page;
  /** What the browser complained about: broken policies, failed requests, exceptions. */
  readonly complaints: string[];
  /** Origins that the page sent requests to, except its own. */
  readonly otherOrigins: ReadonlySet<string>;
  /** Another tab of the same browser. */
  openTab(path: string): Promise<Page>;
  /** Fails the test if the page broke its policy, wrote an error, or asked another host. */
  close(): Promise<void>;
}

export interface OpenConsoleOptions extends BrowserContextOptions {
  readonly url: string;
  readonly path?: string;
  /** Already signed in with it. */
  readonly key?: string;
  /** Complaints that the test provokes. */
  readonly expected?: RegExp;
}

/** Opens the console in a fresh profile. */
export async function openConsole(browser: Browser, options: OpenConsoleOptions): Promise<OpenedConsole> {
  const { url, path = '/', key, expected, ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...rest });
  const complaints: string[] = [];
  const otherOrigins = new Set<string>();
  context.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') complaints.push(line.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== new URL(url).origin) otherOrigins.add(origin);
  });
  const openTab = async (tabPath: string) => {
    const tab = await context.newPage();
    await tab.goto(`${url}${tabPath}`);
    return tab;
  };
  if (key !== undefined) {
    await context.addInitScript(
      `if (location.protocol === 'http:') sessionStorage.getItem('gravix.key') ?? sessionStorage.setItem('gravix.key', ${JSON.stringify(key)})`,
    );
  }
  const page = await openTab(path);
  return {
    page,
    complaints,
    otherOrigins,
    openTab,
    close: async () => {
      await context.close();
      expect(complaints.filter((text) => expected?.test(text) !== true)).toEqual([]);
      expect([...otherOrigins]).toEqual([]);
    },
  };
}

/** Checks the page as it is with axe-core, which is injected by the browser and so needs no exception of the policy. */
export async function expectAccessible(page: Page, exceptedRules: readonly string[] = []): Promise<void> {
  // The policy of the pages forbids evaluation, so the test asks again and again.
  const isStill =
    'document.getAnimations().every((one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity)';
  await expect.poll(() => page.evaluate(isStill), { timeout: 10_000 }).toBe(true);
  await page.evaluate(await readFile(axePath, 'utf8'));
  const rules = Object.fromEntries(['region', ...exceptedRules].map((rule) => [rule, { enabled: false }]));
  const results = await page.evaluate<AxeResults>(
    `axe.run(document, { runOnly: ${JSON.stringify(axeTags)}, rules: ${JSON.stringify(rules)} })`,
  );
  const found = results.violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`,
  );
  expect(found).toEqual([]);
}
