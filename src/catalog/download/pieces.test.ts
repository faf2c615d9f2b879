/** Files that come in pieces over several connections, and what servers may do to them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  answerStatus,
  type Behaviour,
  createFileServer,
  cutAfter,
  type FileServer,
  serve,
  serveWithoutRanges,
  stallAfter,
  toEtag,
  toHeaders,
} from '../../../test/catalog/file-server.ts';
import { toSha256 } from '../../../test/catalog/hugging-face-server.ts';
import { createSampleContent, createTestFolder } from '../../../test/catalog/sample-model.ts';
import { toAddressFingerprint } from './address-fingerprint.ts';
import type { HttpDownload } from './http-download.ts';
import { defaultHttpLimits } from './http-limits.ts';
import { downloadOverHttp } from './http-source.ts';
import { createPartialFile, type PartialFile } from './partial-file.ts';

const content = createSampleContent(1_000_000);
const limits = {
  ...defaultHttpLimits,
  attemptsMax: 3,
  backoffMs: 5,
  stallTimeoutMs: 1_000,
  pieceBytes: 100_000,
};
const pieces = 10;

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

function download(changes: Partial<HttpDownload> = {}) {
  return downloadOverHttp({
    url: server.url,
    sizeBytes: content.length,
    isChecked: true,
    partial,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    limits,
    ...changes,
  });
}

async function expectWhole(file: Awaited<ReturnType<typeof download>>): Promise<void> {
  expect(file).toEqual({ sha256: toSha256(content), sizeBytes: content.length });
  expect((await readFile(partial.path)).equals(content)).toBe(true);
}

function listRanges(): readonly (string | undefined)[] {
  return server.requests.map(({ headers }) => headers.range);
}

test.each([content.length, undefined])('each piece is asked for once; size known: %s', async (sizeBytes) => {
  await start(serve);
  await expectWhole(await download({ sizeBytes }));
  expect(new Set(listRanges()).size).toBe(pieces);
  expect(server.requests.length).toBe(pieces);
  expect(listRanges()).toContain('bytes=900000-');
});

test('several connections are open at once, and no more than the limit', async () => {
  let open = 0;
  let openMost = 0;
  const slowly: Behaviour = (request, response, all) => {
    open++;
    openMost = Math.max(openMost, open);
    setTimeout(() => {
      open--;
      serve(request, response, all);
    }, 50);
  };
  await start(serve, slowly);
  await expectWhole(await download({ limits: { ...limits, connectionsMax: 3 } }));
  expect(openMost).toBe(3);
});

test('a server that gives no ranges is read as one stream', async () => {
  await start(serveWithoutRanges);
  await expectWhole(await download());
  expect(server.requests.length).toBe(1);
});

test('without a validator and a checksum to compare with, parts are not put together', async () => {
  await start((request, response, all) => {
    const isPart = request.headers.range !== undefined;
    const headers = isPart ? toHeaders(all, 0, 100_000) : toHeaders(all, undefined);
    response.writeHead(isPart ? 206 : 200, { ...headers, etag: 'W/"weak"' });
    response.end(isPart ? all.subarray(0, 100_000) : all);
  });
  await expectWhole(await download({ isChecked: false }));
  expect(listRanges()).toEqual(['bytes=0-99999', undefined]);
});

test('each piece survives its own faults: 429, 503, cuts and stalls', async () => {
  const faults = [answerStatus(429), answerStatus(503), cutAfter(30_000), stallAfter(60_000), cutAfter(0)];
  await start(serve, ...faults, serve);
  await expectWhole(await download());
  expect(server.requests.length).toBe(pieces + faults.length);
});

test('a piece that fails for good ends the download, and the next one goes on', async () => {
  const refuseLast: Behaviour = (request, response, all) =>
    request.headers.range === 'bytes=900000-'
      ? answerStatus(503)(request, response, all)
      : serve(request, response, all);
  await start(...Array.from({ length: 12 }, () => refuseLast), serve);
  await expect(download()).rejects.toThrow('it failed (status 503)');
  const askedBefore = server.requests.length;
  await expectWhole(await download());
  expect(listRanges().slice(askedBefore)).toContain('bytes=900000-');
  expect(server.requests.length - askedBefore).toBeLessThan(pieces);
});

test('a file that changes in the middle is fetched anew, as one stream', async () => {
  const old = createSampleContent(content.length);
  const serveOld: Behaviour = (request, response) => serve(request, response, old);
  await start(serveOld, serveOld, serveOld, serve);
  await expectWhole(await download());
  expect(server.requests[1]?.headers['if-range']).toBe(toEtag(old));
  expect(listRanges().at(-1)).toBeUndefined();
});

test('redirects are walked once, and again when the address they led to has run out', async () => {
  let isOver = false;
  const signed: Behaviour = (request, response, all) => {
    if (request.url === '/model.gguf')
      return answerStatus(302, { location: '/signed' })(request, response, all);
    if (!isOver && request.headers.range === 'bytes=500000-599999') {
      isOver = true;
      return answerStatus(403)(request, response, all);
    }
    return serve(request, response, all);
  };
  await start(signed);
  await expectWhole(await download({ limits: { ...limits, connectionsMax: 1 } }));
  const walks = server.requests.filter(({ url }) => url === '/model.gguf');
  expect(walks.length).toBe(2);
});

test('a disk that gets full on the way ends the download with what that check throws', async () => {
  const full = new Error('no room');
  await start(serve, stallAfter(10_000));
  let looks = 0;
  const assertRoom = async () => {
    looks++;
    if (looks > 1) throw full;
  };
  const quickly = { ...limits, checkpointEveryMs: 20 };
  await expect(download({ assertRoom, limits: quickly })).rejects.toBe(full);
});

test('a map that claims more than the file has is not believed', async () => {
  await start(serve);
  const file = await partial.openAnew();
  await file.writeFile(content.subarray(0, 50_000));
  await file.close();
  const pieceMap = { startBytes: 0, endBytes: content.length, doneBytes: 60_000 };
  const map = {
    addressFingerprint: toAddressFingerprint(server.url),
    validator: toEtag(content),
    sizeBytes: content.length,
  };
  await partial.saveMap({ ...map, pieces: [pieceMap] });
  expect(await partial.readMap()).toBeUndefined();
  await partial.saveMap({ ...map, pieces: [{ ...pieceMap, doneBytes: 40_000 }] });
  await expectWhole(await download());
  expect(listRanges()).toEqual(['bytes=40000-']);
});
