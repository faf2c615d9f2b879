import type { Response } from 'undici';
import { type PullRemedy, SourceError } from '../pull-error.ts';

interface TransientDetails {
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** A failure that another attempt may mend. */
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

/** What an answer that carries no file means. */
export function toStatusFailure(response: Response): SourceError | TransientFailure {
  const { status } = response;
  if (status === 401 || status === 403) {
    return new SourceError(`it does not give the file without an account (status ${status})`, 'account');
  }
  if (status === 404 || status === 410) {
    return new SourceError(`the file is not there (status ${status})`, 'name');
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

/** `Retry-After` is a count of seconds or a date; anything else is as if it were absent. */
function toRetryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const timeMs = Date.parse(header);
  return Number.isNaN(timeMs) ? undefined : Math.max(0, timeMs - Date.now());
}

/** Refuses a login page, or another version of the file, before a byte of it is written. */
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
  /** Undefined when the server does not tell the file's size. */
  readonly sizeBytes: number | undefined;
}

/** What a 206 answer says of its place in the file; undefined when that makes no sense. */
export function toAnsweredRange(response: Response): AnsweredRange | undefined {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (range === null) return undefined;
  const [, start, last, total] = range;
  const [startBytes, endBytes] = [Number(start), Number(last) + 1];
  const sizeBytes = total === '*' ? undefined : Number(total);
  const isInside = startBytes < endBytes && endBytes <= (sizeBytes ?? endBytes);
  return isInside ? { startBytes, endBytes, sizeBytes } : undefined;
}

/** Only a strong ETag or a date may stand in `If-Range`; a weak ETag promises no equal bytes. */
export function toValidator(response: Response): string | undefined {
  const etag = response.headers.get('etag');
  if (etag?.startsWith('"')) return etag;
  return response.headers.get('last-modified') ?? undefined;
}

/** Undefined when the server does not tell, as with a chunked body. */
export function toContentLength(response: Response): number | undefined {
  const length = response.headers.get('content-length');
  return length !== null && /^\d+$/.test(length) ? Number(length) : undefined;
}
