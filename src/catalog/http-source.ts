/**
 * Downloads a file of known size into a partial file, and goes on where an earlier download stopped.
 *
 * A resumed request carries `Range` and `If-Range`: a server whose file changed answers 200 with the whole of
 * it, and we start anew. Whatever the server says, never more than the expected bytes are written, and the
 * caller's checksum decides whether they are right.
 * RFC 9110, sections 13.1.5 and 14: https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
 */
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  assertLength,
  assertWholeFile,
  isRangeFrom,
  TransientFailure,
  toStatusFailure,
} from './http-answer.ts';
import { requestFile } from './http-request.ts';
import type { PartialFile } from './partial-file.ts';
import { SourceError } from './pull-error.ts';

export interface HttpLimits {
  /** Attempts in a row that brought less than `progressBytesMin`; the last failure is then final. */
  readonly attemptsMax: number;
  /** An attempt that brought so much counts as progress and sets the count of attempts back. */
  readonly progressBytesMin: number;
  /** The wait before the second attempt; it doubles from there. */
  readonly backoffMs: number;
  readonly backoffMsMax: number;
  /** A server that asks us to come back later than this is given up. */
  readonly retryAfterMsMax: number;
  /** From the start of a request to the headers of its answer, for each redirect anew. */
  readonly connectTimeoutMs: number;
  /** The longest pause between two pieces of the body. */
  readonly stallTimeoutMs: number;
  readonly redirectsMax: number;
}

export const defaultHttpLimits: HttpLimits = {
  attemptsMax: 5,
  progressBytesMin: 1024 * 1024,
  backoffMs: 500,
  backoffMsMax: 10_000,
  retryAfterMsMax: 60_000,
  connectTimeoutMs: 30_000,
  stallTimeoutMs: 60_000,
  redirectsMax: 10,
};

export interface HttpDownload {
  readonly url: string;
  readonly sizeBytes: number;
  readonly partial: PartialFile;
  readonly onProgress: (doneBytes: number) => void;
  readonly signal: AbortSignal;
  readonly limits: HttpLimits;
}

/** @throws SourceError when the file cannot be had here; the signal's reason when that is aborted. */
export async function downloadOverHttp(download: HttpDownload): Promise<void> {
  const { limits, signal, partial } = download;
  let failedAttempts = 0;
  download.onProgress((await partial.findResumePoint(download.url))?.doneBytes ?? 0);
  for (;;) {
    const bytesBefore = await partial.sizeBytes();
    try {
      await attemptDownload(download);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TransientFailure)) throw error;
      const broughtBytes = (await partial.sizeBytes()) - bytesBefore;
      failedAttempts = broughtBytes >= limits.progressBytesMin ? 1 : failedAttempts + 1;
      const isLast = failedAttempts >= limits.attemptsMax;
      const asksTooMuch = (error.retryAfterMs ?? 0) > limits.retryAfterMsMax;
      if (isLast || asksTooMuch) throw new SourceError(error.message, error.remedy, error);
      const backoffMs = Math.min(limits.backoffMs * 2 ** (failedAttempts - 1), limits.backoffMsMax);
      await sleep(error.retryAfterMs ?? backoffMs, undefined, { signal });
    }
  }
}

async function attemptDownload(download: HttpDownload): Promise<void> {
  const { url, sizeBytes, partial } = download;
  const resume = await partial.findResumePoint(url);
  if (resume?.doneBytes === sizeBytes) return;
  if (resume !== undefined && resume.doneBytes > sizeBytes) {
    await partial.remove();
    return attemptDownload(download);
  }
  const attempt = new AbortController();
  const signal = AbortSignal.any([download.signal, attempt.signal]);
  const response = await requestFile({ url, resume, signal, attempt, limits: download.limits });
  try {
    const { file, doneBytes } = await openForAnswer(download, response, resume?.doneBytes);
    await writeBody(download, { body: response.body, file, doneBytes, attempt });
  } finally {
    // Ends the connection of a body that was not read to its end; after a whole one it does nothing.
    attempt.abort();
  }
}

/** Decides by status and headers where the body's bytes belong. */
async function openForAnswer(
  { url, sizeBytes, partial }: HttpDownload,
  response: Response,
  resumeBytes: number | undefined,
): Promise<{ file: FileHandle; doneBytes: number }> {
  if (response.status === 206 && resumeBytes !== undefined) {
    if (isRangeFrom(response, resumeBytes, sizeBytes)) {
      return { file: await partial.continueWriting(), doneBytes: resumeBytes };
    }
    await partial.remove();
    throw new TransientFailure('it answered with another range than the one asked for', 'source');
  }
  if (response.status === 416) {
    await partial.remove();
    throw new TransientFailure('it refused to continue the download', 'source');
  }
  if (response.status !== 200) throw toStatusFailure(response);
  assertWholeFile(response, sizeBytes);
  const file = await partial.startAnew();
  const validator = toValidator(response);
  if (validator !== undefined) await partial.saveResumePoint({ url, validator });
  return { file, doneBytes: 0 };
}

interface BodyWriting {
  readonly body: Response['body'];
  readonly file: FileHandle;
  /** Bytes that the file has already. */
  readonly doneBytes: number;
  readonly attempt: AbortController;
}

async function writeBody(download: HttpDownload, writing: BodyWriting): Promise<void> {
  const { sizeBytes, partial, onProgress, limits } = download;
  const { body, file, attempt } = writing;
  let doneBytes = writing.doneBytes;
  const giveUp = () =>
    attempt.abort(new TransientFailure(`it sent nothing for ${limits.stallTimeoutMs / 1000} s`, 'network'));
  let stallTimer = setTimeout(giveUp, limits.stallTimeoutMs);
  try {
    for await (const chunk of readBody(body, attempt)) {
      clearTimeout(stallTimer);
      if (doneBytes + chunk.length > sizeBytes) {
        await partial.remove();
        throw new SourceError(`it sent more than the expected ${sizeBytes} bytes`, 'source');
      }
      await file.writeFile(chunk);
      doneBytes += chunk.length;
      onProgress(doneBytes);
      stallTimer = setTimeout(giveUp, limits.stallTimeoutMs);
    }
  } finally {
    clearTimeout(stallTimer);
    await file.close();
  }
  assertLength(doneBytes, sizeBytes);
}

/** Gives every failure of the connection the same shape; a disk's failure is not among them. */
async function* readBody(body: Response['body'], attempt: AbortController): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  for (;;) {
    const piece = await reader.read().catch((error: unknown) => {
      if (attempt.signal.reason instanceof TransientFailure) throw attempt.signal.reason;
      throw new TransientFailure('the connection broke off', 'network', { cause: error });
    });
    if (piece.done) return;
    yield piece.value;
  }
}

/** Only a strong ETag or a date may stand in `If-Range`; a weak ETag promises no equal bytes. */
function toValidator(response: Response): string | undefined {
  const etag = response.headers.get('etag');
  if (etag?.startsWith('"')) return etag;
  return response.headers.get('last-modified') ?? undefined;
}
