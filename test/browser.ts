import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Linux distributions and Chrome's own packages put it; `CHROMIUM_PATH` names any other place. */
const executablePaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The system's Chromium without a window; undefined, with the reason printed, where there is none. */
export async function startBrowser(): Promise<Browser | undefined> {
  const given = process.env['CHROMIUM_PATH'];
  const executablePath = given ?? executablePaths.find((path) => existsSync(path));
  if (executablePath === undefined) {
    console.warn('skipping the tests of pages: no Chromium is installed here (CHROMIUM_PATH may name one)');
    return undefined;
  }
  // Its sandbox can't start where tests run as root, and it only ever opens our own pages.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
