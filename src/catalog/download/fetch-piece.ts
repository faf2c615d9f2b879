import type { Response } from 'undici';
import { SourceError } from '../pull-error.ts';
import type { DownloadState } from './download-state.ts';
import { TransientFailure, toAnsweredRange, toStatusFailure } from './http-answer.ts';
import type { HttpLimits } from './http-limits.ts';
import { type Authorize, type FileAnswer, requestFile } from './http-request.ts';
import type { Piece } from './piece.ts';
import { createPieceWriter } from './piece-writer.ts';
import { readBody } from './read-body.ts';
import type { Transport } from './transport.ts';

/** The received bytes are useless or can't be continued. The download starts over. */
export class RestartNeeded extends Error {
  /**
   * Whether the next attempt must be a single stream, because the server supports no ranges or the file
   * changed.
   */
  readonly inOneStream: boolean;

  constructor(message: string, { inOneStream }: { readonly inOneStream: boolean }, cause?: unknown) {
    super(message, { cause });
    this.name = 'RestartNeeded';
    this.inOneStream = inOneStream;
  }
}

/** The server sent more than requested, so none of it can be trusted. */
export class TooLongError extends SourceError {
  constructor({ startBytes, endBytes = startBytes }: Piece) {
    super(`it sent more than the expected ${endBytes - startBytes} bytes`, 'source');
    this.name = 'TooLongError';
  }
}

export interface PieceFetch {
  readonly state: DownloadState;
  readonly piece: Piece;
  readonly signal: AbortSignal;
  readonly limits: HttpLimits;
  readonly authorize: Authorize | undefined;
  readonly transport: Transport | undefined;
  readonly onProgress: () => void;
}

/** One attempt to request and write the missing part of a piece. */
export async function fetchPiece(fetching: PieceFetch): Promise<void> {
  const { state, piece, limits, authorize, transport } = fetching;
  const attempt = new AbortController();
  const signal = AbortSignal.any([fetching.signal, attempt.signal]);
  const startBytes = piece.startBytes + piece.doneBytes;
  const isRest = piece.endBytes === state.remote.sizeBytes;
  const { url, validator } = state.remote;
  const range = { startBytes, endBytes: isRest ? undefined : piece.endBytes, validator };
  try {
    const answer = await requestFile({
      url: state.resolvedUrl ?? url,
      range,
      authorize,
      transport,
      signal,
      attempt,
      limits,
    });
    assertPart(state, answer, startBytes);
    state.resolvedUrl = answer.url;
    await writePiece(fetching, answer.response, attempt);
  } finally {
    attempt.abort();
  }
}

function assertPart(state: DownloadState, { response }: FileAnswer, startBytes: number): void {
  const { status } = response;
  if (status === 206) {
    const range = toAnsweredRange(response);
    const isOurs =
      range?.startBytes === startBytes &&
      (range.sizeBytes ?? state.remote.sizeBytes) === state.remote.sizeBytes;
    if (isOurs) return;
    throw new RestartNeeded('it answered with a different range', { inOneStream: false });
  }
  if (status === 416) throw new RestartNeeded('it refused to continue the download', { inOneStream: false });
  if (status === 200) throw new RestartNeeded('it does not support ranges', { inOneStream: true });
  const failure = toStatusFailure(response);
  const isResolved = state.resolvedUrl !== undefined && state.resolvedUrl !== state.remote.url;
  if (isResolved && failure instanceof SourceError)
    throw new TransientFailure(failure.message, failure.remedy);
  throw failure;
}

/**
 * Writes the body from the current position of the piece. Bytes past its end are an error.
 * @throws TransientFailure if the body ends early, SourceError if it does not end where it must
 */
export async function writePiece(
  { state, piece, limits, onProgress }: PieceFetch,
  { body }: Response,
  attempt: AbortController,
): Promise<void> {
  const { file } = state;
  const startBytes = piece.startBytes + piece.doneBytes;
  const wantedBytes = piece.endBytes === undefined ? Number.POSITIVE_INFINITY : piece.endBytes - startBytes;
  let cameBytes = 0;
  const writer = createPieceWriter({
    file,
    startBytes,
    bufferBytesMax: limits.bufferBytesMax,
    onWritten: (bytes) => {
      state.addBytes(piece, bytes);
      onProgress();
    },
  });
  try {
    for await (const chunk of readBody({ body, attempt, stallTimeoutMs: limits.stallTimeoutMs })) {
      cameBytes += chunk.length;
      if (cameBytes > wantedBytes) throw new TooLongError(piece);
      await writer.write(chunk);
    }
  } finally {
    // After this returns, nothing may write, whatever the outcome.
    await writer.finish();
  }
  if (piece.endBytes === undefined) {
    piece.endBytes = startBytes + cameBytes;
  } else if (cameBytes < wantedBytes) {
    const wholeBytes = piece.endBytes - piece.startBytes;
    throw new TransientFailure(`it stopped after ${piece.doneBytes} of ${wholeBytes} bytes`, 'network');
  }
}
