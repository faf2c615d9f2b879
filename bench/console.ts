// Sizes and speed of the console: `npm run bench:console`. The bytes that a first visit loads, the first paint with an empty
// cache, and the tasks and frames of the page while it shows an answer of 50,000 tokens.
import type { Browser } from 'playwright-core';
import { startBrowser } from '../test/browser.ts';
import { measureConsole } from '../test/console/console-sizes.ts';
import { consoleFolder } from '../test/console/open-console.ts';
import { sayTexts } from '../test/scripted-backend.ts';
import { startTestApp } from '../test/start-test-app.ts';
import { median, percentile } from './figures.ts';

const tokens = 50_000;
const visits = 5;

/** A bit of everything, so that no kind of block is left out. */
const paragraph =
  '## Part\n\nSome **words** with `code`, a [link](https://example.com) and more words that go on for a while.\n\n- one\n- two\n\n```js\nconst a = 1;\nlet b = 2;\n```\n\n';

const pieces = paragraph.split(/(?<=[ \n])/);
const words = Array.from({ length: tokens }, (_, index) => pieces[index % pieces.length] ?? '');
const app = await startTestApp({
  models: { small: sayTexts('Hi'), long: sayTexts(...words) },
  consoleFolder,
});
const browser = await startBrowser();
try {
  await printSizes();
  if (browser !== undefined) {
    await printFirstView(browser);
    await printFirstPaint(browser);
    await printLongAnswer(browser);
  }
} finally {
  await browser?.close();
  await app.close();
}

async function printSizes(): Promise<void> {
  const { viewBytes, lateBytes, pageBytes } = await measureConsole(consoleFolder);
  console.log(
    `scripts and styles, gzip: ${toKilobytes(viewBytes)} on all views of the console, ${toKilobytes(lateBytes)} when needed, ${toKilobytes(pageBytes)} for /models and /docs`,
  );
}

function toKilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** What a browser with an empty cache loads until the playground is there. */
async function printFirstView(chromium: Browser): Promise<void> {
  const page = await openPage(chromium);
  await page.getByRole('textbox', { name: 'Message' }).waitFor();
  const names = await page.evaluate<string[]>(
    "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).filter((path) => /\\.(js|css)$/.test(path))",
  );
  const sizes = await Promise.all(
    [...new Set(names)].map(async (name) => {
      const answer = await app.inject(name, { 'accept-encoding': 'gzip' });
      return answer.rawPayload.length;
    }),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`the first view loads ${toKilobytes(total)} of them, in ${sizes.length} files`);
  await page.context().close();
}

async function printFirstPaint(chromium: Browser): Promise<void> {
  const paints: number[] = [];
  for (let visit = 0; visit < visits; visit++) {
    const page = await openPage(chromium);
    const paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null";
    let paintedAtMs: number | null = null;
    while (paintedAtMs === null) paintedAtMs = await page.evaluate<number | null>(paint);
    paints.push(paintedAtMs);
    await page.context().close();
  }
  console.log(
    `first contentful paint, empty cache: median ${median(paints).toFixed(0)} ms of ${visits} visits`,
  );
}

async function printLongAnswer(chromium: Browser): Promise<void> {
  const page = await openPage(chromium);
  await page.getByRole('combobox', { name: 'Model', exact: true }).click();
  await page.getByRole('option', { name: /^long/ }).click();
  await page.evaluate(`
    window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((one) => one.duration))).observe({ type: 'longtask' });
    window.frames = [];
    let last = performance.now();
    const frame = (now) => { window.frames.push(now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);`);
  const startedAtMs = performance.now();
  await page.getByRole('textbox', { name: 'Message' }).fill('Write a book');
  await page.keyboard.press('Enter');
  await page.getByText(/50,001 tokens/).waitFor({ timeout: 180_000 });
  const seconds = (performance.now() - startedAtMs) / 1000;
  const tasks = await page.evaluate<number[]>('window.tasks');
  const frames = await page.evaluate<number[]>('window.frames');
  const at = (share: number) => percentile(frames, share).toFixed(1);
  console.log(`an answer of ${tokens} tokens: ${seconds.toFixed(1)} s`);
  console.log(`tasks above 50 ms: ${tasks.length}, the longest ${Math.max(0, ...tasks).toFixed(0)} ms`);
  console.log(`frames: median ${at(50)} ms, 99 % within ${at(99)} ms, the longest ${at(100)} ms`);
}

async function openPage(chromium: Browser) {
  const context = await chromium.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addInitScript(
    `if (location.protocol === 'http:') sessionStorage.setItem('gravix.key', ${JSON.stringify(app.key)})`,
  );
  const page = await context.newPage();
  await page.goto(app.url);
  return page;
}
