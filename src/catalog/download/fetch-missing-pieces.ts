import { setTimeout as sleep } from 'node:timers/promises';
import { type DownloadState, listMissingPieces } from './download-state.ts';
import { fetchPiece, type PieceFetch, RestartNeeded, writePiece } from './fetch-piece.ts';
import { TransientFailure } from './http-answer.ts';
import type { HttpDownload } from './http-download.ts';
import type { FirstAnswer } from './open-first-answer.ts';
import { retry } from './retry.ts';

/** Fetches the pieces in order, several at a time, and records progress. */
export async function fetchMissingPieces(
  download: HttpDownload,
  state: DownloadState,
  first: FirstAnswer | undefined,
): Promise<void> {
  const { limits, authorize, transport } = download;
  const group = new AbortController();
  const signal = AbortSignal.any([download.signal, group.signal]);
  const missing = [...listMissingPieces(state)];
  const totalBytes = state.remote.sizeBytes;
  const onProgress = () =>
    download.onProgress({ phase: 'download', doneBytes: state.doneBytes(), totalBytes });
  onProgress();
  let waitingAnswer = first;
  const connection = async () => {
    for (let piece = missing.shift(); piece !== undefined; piece = missing.shift()) {
      const answer = piece === state.pieces[0] ? waitingAnswer : undefined;
      waitingAnswer = undefined;
      await fetchWithRetries({ state, piece, signal, limits, authorize, transport, onProgress }, answer);
    }
  };
  const count = Math.min(limits.connectionsMax, missing.length);
  const connections = Array.from({ length: count }, connection);
  const keeping = keepCheckpoints(download, state, signal);
  try {
    await Promise.race([Promise.all(connections), keeping]);
    download.signal.throwIfAborted();
  } finally {
    group.abort();
    // After this returns, nothing may write to the file.
    await Promise.allSettled([...connections, keeping]);
  }
}

async function fetchWithRetries(fetching: PieceFetch, first: FirstAnswer | undefined): Promise<void> {
  const { state, piece, signal, limits } = fetching;
  let answer = first;
  const startBytes = piece.doneBytes;
  await retry({
    signal,
    limits,
    broughtBytes: () => piece.doneBytes - startBytes,
    attempt: async () => {
      const waiting = answer;
      answer = undefined;
      try {
        await (waiting === undefined ? fetchPiece(fetching) : readFirstAnswer(fetching, waiting));
      } catch (error) {
        // A signed URL expires. The next attempt asks the original server for a new one.
        state.resolvedUrl = undefined;
        if (state.canResume || !(error instanceof TransientFailure)) throw error;
        throw new RestartNeeded(error.message, { inOneStream: true }, error);
      }
    },
  });
}

async function readFirstAnswer(fetching: PieceFetch, { response, attempt }: FirstAnswer): Promise<void> {
  const { signal } = fetching;
  const end = () => attempt.abort();
  signal.addEventListener('abort', end);
  try {
    await writePiece(fetching, response, attempt);
  } finally {
    signal.removeEventListener('abort', end);
    attempt.abort();
  }
}

/** Records progress and checks the disk until stopped. */
async function keepCheckpoints(
  download: HttpDownload,
  state: DownloadState,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await sleep(download.limits.checkpointEveryMs, undefined, { signal });
    } catch {
      return;
    }
    await state.checkpoint();
    await download.assertRoom?.((state.remote.sizeBytes ?? 0) - state.doneBytes());
  }
}
