/**
 * Downloads a file into a partial file, in pieces side by side, and goes on where an earlier download stopped.
 *
 * The first answer tells the file's size, its validator and whether the server gives ranges; one that does not
 * is read as one stream. Every later request carries `Range` and `If-Range`: a server whose file changed
 * answers with the whole of it, and we start anew. Whatever the server says, never more than the expected
 * bytes are written, and the caller compares the checksum, which is computed on the way.
 * RFC 9110, sections 13.1.5 and 14: https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
 */
import { reopenDownload } from './download-state.ts';
import { fetchMissingPieces } from './fetch-missing-pieces.ts';
import { RestartNeeded, TooLongError } from './fetch-piece.ts';
import { TransientFailure } from './http-answer.ts';
import type { DownloadedFile, HttpDownload } from './http-download.ts';
import { openFirstAnswer } from './open-first-answer.ts';
import { retry } from './retry.ts';

/** @throws SourceError when the file cannot be had here; the signal's reason when that is aborted. */
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
    // The first fault is the one to tell, even when the disk has another.
    else await state.checkpoint().catch(() => undefined);
    throw error;
  }
  const sizeBytes = state.doneBytes();
  const report = (doneBytes: number) => onProgress({ phase: 'verify', doneBytes, totalBytes: sizeBytes });
  const sha256 = await state.checksum.finish(sizeBytes, report);
  return { sha256, sizeBytes };
}

/** Bytes that no later download may go on with. */
function isUseless(error: unknown): boolean {
  return error instanceof RestartNeeded || error instanceof TooLongError;
}
