/**
 * Downloads a file in parallel pieces into a partial file, and resumes an earlier download.
 *
 * The first answer gives the file's size, its validator, and whether the server supports ranges. A server
 * without ranges is read as one stream. Later requests carry `Range` and `If-Range`: if the file has changed,
 * the server answers with the whole file, and the download starts over. Never more than the expected bytes
 * are written, and the caller compares the checksum, which is computed during the download. RFC 9110,
 * sections 13.1.5 and 14: https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
 */
import { reopenDownload } from './download-state.ts';
import { fetchMissingPieces } from './fetch-missing-pieces.ts';
import { RestartNeeded, TooLongError } from './fetch-piece.ts';
import { TransientFailure } from './http-answer.ts';
import type { DownloadedFile, HttpDownload } from './http-download.ts';
import { openFirstAnswer } from './open-first-answer.ts';
import { retry } from './retry.ts';

/** @throws SourceError if this source can't provide the file; the signal's reason if aborted */
export async function downloadOverHttp(download: HttpDownload): Promise<DownloadedFile> {
  const { signal, limits } = download;
  let canSplit = true;
  let mostBytes = 0;
  return retry({
    signal,
    limits,
    broughtBytes: () => mostBytes,
    attempt: async () => {
      const begun = await beginDownload(download, canSplit);
      try {
        return await finishDownload(download, begun);
      } catch (error) {
        mostBytes = Math.max(mostBytes, begun.state.doneBytes());
        if (!(error instanceof RestartNeeded)) throw error;
        if (error.inOneStream) canSplit = false;
        throw new TransientFailure(error.message, 'source', { cause: error });
      } finally {
        begun.first?.attempt.abort();
        await begun.state.close();
      }
    },
  });
}

async function beginDownload(download: HttpDownload, canSplit: boolean) {
  const { partial, url, sizeBytes, signal, isChecked } = download;
  const state = await reopenDownload({ partial, url, sizeBytes, signal }, isChecked);
  return state === undefined ? openFirstAnswer(download, canSplit) : { state, first: undefined };
}

async function finishDownload(
  download: HttpDownload,
  { state, first }: Awaited<ReturnType<typeof beginDownload>>,
): Promise<DownloadedFile> {
  const { partial, onProgress } = download;
  try {
    await fetchMissingPieces(download, state, first);
    await state.checkpoint();
  } catch (error) {
    if (isUseless(error)) await partial.remove();
    // Report the first fault, even if the disk has another one.
    else await state.checkpoint().catch(() => undefined);
    throw error;
  }
  const sizeBytes = state.doneBytes();
  const report = (doneBytes: number) => onProgress({ phase: 'verify', doneBytes, totalBytes: sizeBytes });
  const sha256 = await state.checksum.finish(sizeBytes, report);
  return { sha256, sizeBytes };
}

/** Bytes that no later download can continue. */
function isUseless(error: unknown): boolean {
  return error instanceof RestartNeeded || error instanceof TooLongError;
}
