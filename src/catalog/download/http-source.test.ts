import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  answerStatus,
  type Behaviour,
  createFileServer,
  cutAfter,
  type FileServer,
  neverAnswer,
  serve,
  serveSlowly,
  stallAfter,
  toEtag,
} from '../../../test/catalog/file-server.ts';
import { createSampleContent, createTestFolder } from '../../../test/catalog/sample-model.ts';
import { expectWithin } from '../../../test/expect-within.ts';
import { SourceError } from '../pull-error.ts';
import { toAddressFingerprint } from './address-fingerprint.ts';
import type { DownloadedFile, DownloadProgress } from './http-download.ts';
import { defaultHttpLimits, type HttpLimits } from './http-limits.ts';
import { downloadOverHttp } from './http-source.ts';
import { createPartialFile, type PartialFile, type SavedMap } from './partial-file.ts';

const content = createSampleContent(300_000);
const limits: HttpLimits = {
  ...defaultHttpLimits,
  attemptsMax: 3,
  backoffMs: 5,
  connectTimeoutMs: 2_000,
  stallTimeoutMs: 300,
  redirectsMax: 3,
};

let folder: Awaited<ReturnType<typeof createTestFolder>>;
let partial: PartialFile;
let server: FileServer;

beforeEach(async () => {
  folder = await createTestFolder();
  partial = createPartialFile(join(folder.path, 'model.gguf.partial'));
});
afterEach(async () => {
  await server.close();
  await folder.close();
});

async function start(...behaviours: Behaviour[]): Promise<void> {
  server = await createFileServer(content, ...behaviours);
}

function download(changes: Partial<Parameters<typeof downloadOverHttp>[0]> = {}): Promise<DownloadedFile> {
  return downloadOverHttp({
    url: server.url,
    sizeBytes: content.length,
    isChecked: false,
    partial,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    limits,
    ...changes,
  });
}

function toMap(doneBytes: number): SavedMap {
  const sizeBytes = content.length;
  return {
    addressFingerprint: toAddressFingerprint(server.url),
    validator: toEtag(content),
    sizeBytes,
    pieces: [{ startBytes: 0, endBytes: sizeBytes, doneBytes }],
  };
}

async function expectWhole(): Promise<void> {
  expect((await readFile(partial.path)).equals(content)).toBe(true);
}

async function expectFailure(pattern: RegExp, requests: number): Promise<void> {
  const error = await download().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SourceError);
  expect((error as SourceError).message).toMatch(pattern);
  expect(server.requests.length).toBe(requests);
}

test('a whole file arrives with rising progress and asks for unpacked bytes', async () => {
  await start(serve);
  const seen: number[] = [];
  await download({ onProgress: ({ phase, doneBytes }) => phase === 'download' && seen.push(doneBytes) });
  await expectWhole();
  expect(seen[0]).toBe(0);
  expect(seen.at(-1)).toBe(content.length);
  expect(seen).toEqual([...seen].sort((first, second) => first - second));
  expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
});

test('a connection that is cut is resumed where it broke, with If-Range', async () => {
  await start(cutAfter(100_000), serve);
  await download();
  await expectWhole();
  expect(server.requests[1]?.headers.range).toBe('bytes=100000-');
  expect(server.requests[1]?.headers['if-range']).toBe(toEtag(content));
});

test('a later download goes on with what an earlier process left', async () => {
  await start(cutAfter(120_000), serve);
  await expect(download({ limits: { ...limits, attemptsMax: 1 } })).rejects.toThrow(
    'the connection broke off',
  );
  const seen: number[] = [];
  await download({ onProgress: ({ phase, doneBytes }) => phase === 'download' && seen.push(doneBytes) });
  expect(seen[0]).toBe(120_000);
  await expectWhole();
});

test('a file that changed on the server in between is downloaded anew', async () => {
  const other = createSampleContent(content.length);
  await start((request, response) => cutAfter(100_000)(request, response, other), serve);
  await download();
  await expectWhole();
  expect(server.requests[1]?.headers['if-range']).toBe(toEtag(other));
});

test('a partial file is not continued from another address, nor without a validator', async () => {
  await start(serve);
  await writeFile(partial.path, 'leftover');
  await download();
  expect(server.requests[0]?.headers.range).toBeUndefined();
  await writeFile(partial.path, 'leftover');
  await partial.saveMap({
    ...toMap(8),
    addressFingerprint: toAddressFingerprint('http://127.0.0.1/other'),
  });
  await download();
  expect(server.requests[1]?.headers.range).toBeUndefined();
  await expectWhole();
});

test('a map of an earlier version, which has the address itself, counts as none and is replaced', async () => {
  await start(serve);
  await writeFile(partial.path, 'leftover');
  const { addressFingerprint: _, ...map } = toMap(8);
  await writeFile(`${partial.path}.json`, JSON.stringify({ ...map, url: server.url }));
  expect(await partial.readMap()).toBeUndefined();
  await download();
  expect(server.requests[0]?.headers.range).toBeUndefined();
  await expectWhole();
  expect(await readFile(`${partial.path}.json`, 'utf8')).not.toContain(server.url);
});

test('a weak ETag is not taken for If-Range', async () => {
  const weak: Behaviour = (_request, response) => {
    response.writeHead(200, { 'content-length': content.length, etag: 'W/"1"' });
    response.write(content.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 20));
  };
  await start(weak, serve);
  await download();
  expect(server.requests[1]?.headers.range).toBeUndefined();
  await expectWhole();
});

test.each([
  ['another start', `bytes 7-${content.length - 1}/${content.length}`],
  ['another size', `bytes 100000-${content.length - 1}/${content.length + 1}`],
  ['nonsense', 'bytes */*'],
])('a 206 with %s is not written; the download starts anew', async (_title, contentRange) => {
  const lie: Behaviour = (_request, response) => {
    response.writeHead(206, { 'content-range': contentRange });
    response.end(content.subarray(100_000));
  };
  await start(cutAfter(100_000), lie, serve);
  await download();
  await expectWhole();
  expect(server.requests[2]?.headers.range).toBeUndefined();
});

test('a 416 starts anew', async () => {
  await start(cutAfter(100_000), answerStatus(416), serve);
  await download();
  await expectWhole();
  expect(server.requests[2]?.headers.range).toBeUndefined();
});

test('a whole partial file needs no request; one that is too long starts anew', async () => {
  await start(serve);
  await writeFile(partial.path, content);
  await partial.saveMap(toMap(content.length));
  await download();
  expect(server.requests.length).toBe(0);
  await writeFile(partial.path, Buffer.concat([content, content]));
  await download();
  expect(server.requests.length).toBe(1);
  await expectWhole();
});

test.each([
  [401, /needs an account \(status 401\)/],
  [404, /does not exist there \(status 404\)/],
  [400, /unexpected answer \(status 400\)/],
  [304, /unexpected answer \(status 304\)/],
])('status %i fails at once', async (status, pattern) => {
  await start(answerStatus(status));
  await expectFailure(pattern, 1);
});

test.each([
  [429, /too many requests \(status 429\)/],
  [503, /failed \(status 503\)/],
])('status %i is tried again, but not for ever', async (status, pattern) => {
  await start(answerStatus(status));
  await expectFailure(pattern, limits.attemptsMax);
});

test('a transient failure passes, and Retry-After is waited for', async () => {
  await start(answerStatus(503, { 'retry-after': '1' }), serve);
  const startedAtMs = performance.now();
  await download();
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(990);
  await expectWhole();
});

test('a Retry-After that is too long is not waited for', async () => {
  await start(answerStatus(429, { 'retry-after': '3600' }));
  await expectFailure(/status 429/, 1);
});

test('attempts that make progress are not counted against a file', async () => {
  await start(...Array.from({ length: 5 }, () => cutAfter(50_000)), serve);
  await download({ limits: { ...limits, attemptsMax: 2, progressBytesMin: 40_000 } });
  expect(server.requests.length).toBe(6);
  await expectWhole();
});

test('redirects are followed, with range and validator', async () => {
  await start(
    answerStatus(302, { location: '/elsewhere' }),
    cutAfter(100_000),
    answerStatus(307, { location: '/elsewhere' }),
    serve,
  );
  await download();
  await expectWhole();
  expect(server.requests.map(({ url }) => url)).toEqual([
    '/model.gguf',
    '/elsewhere',
    '/model.gguf',
    '/elsewhere',
  ]);
  expect(server.requests[3]?.headers.range).toBe('bytes=100000-');
});

test('redirects are bounded', async () => {
  await start(answerStatus(302, { location: '/round' }));
  await expectFailure(/redirects more than 3 times/, limits.redirectsMax + 1);
});

test.each([
  ['file:///etc/passwd', /not an HTTP address/],
  ['http://[', /redirects to nowhere/],
])('a redirect to %s is refused', async (location, pattern) => {
  await start(answerStatus(302, { location }));
  await expectFailure(pattern, 1);
});

test('a body that stalls is given up in time and resumed', async () => {
  await start(stallAfter(100_000), serve);
  await download();
  await expectWhole();
  expect(server.requests[1]?.headers.range).toBe('bytes=100000-');
});

test('a body that is slow but alive is not taken for a stall', async () => {
  await start(serveSlowly(60_000, 200));
  await download({ limits: { ...limits, stallTimeoutMs: 800 } });
  await expectWhole();
  expect(server.requests.length).toBe(1);
});

test('a server that never answers is given up in time', async () => {
  await start(neverAnswer);
  await expectWithin(1_500, async () => {
    await expect(download({ limits: { ...limits, attemptsMax: 2, connectTimeoutMs: 200 } })).rejects.toThrow(
      /127\.0\.0\.1:\d+ did not answer within 0\.2 s/,
    );
  });
});

test('nobody there is a sentence', async () => {
  await start(serve);
  await server.close();
  await expect(download()).rejects.toThrow(/127\.0\.0\.1:\d+ refused the connection/);
});

test('a file of another length is refused before a byte of it is written', async () => {
  await start((_request, response) => {
    response.writeHead(200, { 'content-length': 17 });
    response.end('a login page, lol');
  });
  await expectFailure(/offers a file of 17 bytes where 300000 are expected/, 1);
  expect(await partial.sizeBytes()).toBe(0);
});

test('a body without a length that goes on and on is cut at the expected size and deleted', async () => {
  await start((_request, response) => {
    response.writeHead(200, { etag: '"x"' });
    const write = () => {
      while (response.write(content) && !response.destroyed);
    };
    response.on('drain', write);
    write();
  });
  await expectFailure(/more than the expected 300000 bytes/, 1);
  expect(await partial.sizeBytes()).toBe(0);
});

test('a body without a length that ends early is resumed', async () => {
  const short: Behaviour = (_request, response) => {
    response.writeHead(200, { etag: toEtag(content) });
    response.end(content.subarray(0, 90_000));
  };
  await start(short, serve);
  await download();
  await expectWhole();
  expect(server.requests[1]?.headers.range).toBe('bytes=90000-');
});

test('an abort ends the download with its reason and keeps what came', async () => {
  await start(stallAfter(100_000), serve);
  const stop = new AbortController();
  const reason = new Error('the person pressed Ctrl-C');
  const onProgress = ({ doneBytes }: DownloadProgress) => {
    if (doneBytes === 100_000) stop.abort(reason);
  };
  await expect(download({ signal: stop.signal, onProgress })).rejects.toBe(reason);
  expect(await partial.sizeBytes()).toBe(100_000);
  await download();
  expect(server.requests[1]?.headers.range).toBe('bytes=100000-');
  await expectWhole();
});

test('an abort ends the wait between attempts', async () => {
  await start(answerStatus(503));
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  const startedAtMs = performance.now();
  await expect(download({ signal: stop.signal, limits: { ...limits, backoffMs: 10_000 } })).rejects.toThrow();
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
});
