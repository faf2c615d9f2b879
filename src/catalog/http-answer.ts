import { type PullRemedy, SourceError } from './pull-error.ts';

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
    return new SourceError(`it does not give the file without an account (status ${status})`, 'source');
  }
  if (status === 404 || status === 410) {
    return new SourceError(`the file is not there (status ${status})`, 'source');
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
export function assertWholeFile(response: Response, sizeBytes: number): void {
  const length = response.headers.get('content-length');
  if (length !== null && Number(length) !== sizeBytes) {
    throw new SourceError(`it offers a file of ${length} bytes where ${sizeBytes} are expected`, 'source');
  }
}

/** Whether a 206 answer begins where we asked, in a file of the expected size. */
export function isRangeFrom(response: Response, startBytes: number, sizeBytes: number): boolean {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (range === null) return false;
  const [, start, end, total] = range;
  return (
    Number(start) === startBytes && Number(end) < sizeBytes && [String(sizeBytes), '*'].includes(total ?? '')
  );
}

/** A body may end early without an error, as when it is chunked or the range was cut by the server. */
export function assertLength(doneBytes: number, sizeBytes: number): void {
  if (doneBytes === sizeBytes) return;
  throw new TransientFailure(`it stopped after ${doneBytes} of ${sizeBytes} bytes`, 'network');
}
