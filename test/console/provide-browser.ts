import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startBrowser } from '../browser.ts';

/** Chromium for the tests of a file, which are skipped where there is none. */
export function provideBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  beforeEach((context) => {
    if (browser === undefined) context.skip('no Chromium is installed');
  });
  afterAll(() => browser?.close());
  return () => {
    if (browser === undefined) throw new Error('No Chromium is installed.');
    return browser;
  };
}
