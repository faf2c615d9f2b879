import type { Response } from 'undici';
import { type PullRemedy, SourceError } from '../pull-error.ts';

interface TransientDetails {
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** A failure that a retry may fix. */
export class TransientFailure extends Error {
  readonly remedy: PullRemedy;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, remedy: PullRemedy, details: TransientDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'TransientFailure';
    this.remedy = remedy;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Explains an answer that contains no file. */
export function toStatusFailure(response: Response): SourceError | TransientFailure {
  const { status } = response;
  if (status === 401 || status === 403) {
    return new SourceError(`the file needs an account (status ${status})`, 'account');
  }
  if (status === 404 || status === 410) {
    return new SourceError(`the file does not exist there (status ${status})`, 'name');
  }
  const retryAfterMs = toRetryAfterMs(response.headers.get('retry-after'));
  if (status === 429) {
    return new TransientFailure('it has too many requests (status 429)', 'later', { retryAfterMs });
  }
  if (status === 408 || status === 425 || status >= 500) {
    return new TransientFailure(`it failed (status ${status})`, 'later', { retryAfterMs });
  }
  return new SourceError(`it gave an unexpected answer (status ${status})`, 'source');
}

/** `Retry-After` is a number of seconds or a date. Anything else counts as absent. */
function toRetryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const timeMs = Date.parse(header);
  return Number.isNaN(timeMs) ? undefined : Math.max(0, timeMs - Date.now());
}

/** Refuses a login page, or another version of the file, before any byte is written. */
export function assertWholeFile(response: Response, sizeBytes: number | undefined): void {
  const length = response.headers.get('content-length');
  if (length !== null && sizeBytes !== undefined && Number(length) !== sizeBytes) {
    throw new SourceError(`it offers a file of ${length} bytes where ${sizeBytes} are expected`, 'source');
  }
}

export interface AnsweredRange {
  readonly startBytes: number;
  /** The byte after the last one. */
  readonly endBytes: number;
  /** Undefined if the server does not report the size. */
  readonly sizeBytes: number | undefined;
}

/** The range of a 206 answer. Undefined if it is invalid. */
export function toAnsweredRange(response: Response): AnsweredRange | undefined {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (range === null) return undefined;
  const [, start, last, total] = range;
  const [startBytes, endBytes] = [Number(start), Number(last) + 1];
  const sizeBytes = total === '*' ? undefined : Number(total);
  const isInside = startBytes < endBytes && endBytes <= (sizeBytes ?? endBytes);
  return isInside ? { startBytes, endBytes, sizeBytes } : undefined;
}

/** `If-Range` accepts only a strong ETag or a date. A weak ETag does not guarantee equal bytes. */
export function toValidator(response: Response): string | undefined {
  const etag = response.headers.get('etag');
  if (etag?.startsWith('"')) return etag;
  return response.headers.get('last-modified') ?? undefined;
}

/** Undefined if the server does not report it, for example with a chunked body. */
export function toContentLength(response: Response): number | undefined {
  const length = response.headers.get('content-length');
  return length !== null && /^\d+$/.test(length) ? Number(length) : undefined;
}
