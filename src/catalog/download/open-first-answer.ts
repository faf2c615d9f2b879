import type { Response } from 'undici';
import { SourceError } from '../pull-error.ts';
import { type DownloadState, openDownload } from './download-state.ts';
import { RestartNeeded } from './fetch-piece.ts';
import {
  assertWholeFile,
  toAnsweredRange,
  toContentLength,
  toStatusFailure,
  toValidator,
} from './http-answer.ts';
import type { HttpDownload } from './http-download.ts';
import { requestFile } from './http-request.ts';

/** An answer whose body still has to be read. It belongs to the first piece. */
export interface FirstAnswer {
  readonly response: Response;
  /** Closes its connection. */
  readonly attempt: AbortController;
}

export interface BegunDownload {
  readonly state: DownloadState;
  readonly first: FirstAnswer | undefined;
}

/** Requests the first piece of a large file, or all of a small one, and learns the facts about the file. */
export async function openFirstAnswer(download: HttpDownload, canSplit: boolean): Promise<BegunDownload> {
  const { url, limits, authorize, transport, partial } = download;
  const { pieceBytes } = limits;
  const asksForPart = canSplit && (download.sizeBytes ?? Number.POSITIVE_INFINITY) > pieceBytes;
  const range = asksForPart ? { startBytes: 0, endBytes: pieceBytes, validator: undefined } : undefined;
  const attempt = new AbortController();
  const signal = AbortSignal.any([download.signal, attempt.signal]);
  try {
    const answer = await requestFile({ url, range, authorize, transport, signal, attempt, limits });
    const { response } = answer;
    const { sizeBytes, isPart } = toSize(download, response, asksForPart);
    const validator = toValidator(response);
    const canResume = validator !== undefined || download.isChecked;
    if (isPart && !canResume) throw new TryInOneStream();
    const missingBytes = sizeBytes ?? 0;
    await download.assertRoom?.(missingBytes);
    const state = await openDownload({
      partial,
      remote: { url, validator, sizeBytes },
      canResume,
      pieceBytes: isPart ? pieceBytes : Math.max(1, missingBytes),
      signal: download.signal,
    });
    state.resolvedUrl = answer.url;
    return { state, first: { response, attempt } };
  } catch (error) {
    attempt.abort();
    if (error instanceof TryInOneStream) return openFirstAnswer(download, false);
    throw error;
  }
}

/** Without a validator, the pieces might come from different versions of the file. */
class TryInOneStream extends RestartNeeded {
  constructor() {
    super('it does not report the version of the file', { inOneStream: true });
  }
}

function toSize({ sizeBytes }: HttpDownload, response: Response, asksForPart: boolean) {
  if (response.status === 206 && asksForPart) {
    const range = toAnsweredRange(response);
    if (range?.startBytes !== 0 || range.sizeBytes === undefined) throw new TryInOneStream();
    if (sizeBytes !== undefined && range.sizeBytes !== sizeBytes) {
      throw new SourceError(
        `it offers a file of ${range.sizeBytes} bytes where ${sizeBytes} are expected`,
        'source',
      );
    }
    return { sizeBytes: range.sizeBytes, isPart: true };
  }
  if (response.status !== 200) throw toStatusFailure(response);
  assertWholeFile(response, sizeBytes);
  return { sizeBytes: sizeBytes ?? toContentLength(response), isPart: false };
}
