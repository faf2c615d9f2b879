import type { FileHandle } from 'node:fs/promises';
import { toAddressFingerprint } from './address-fingerprint.ts';
import type { PartialFile, SavedMap } from './partial-file.ts';
import { countDoneBytes, countPrefixBytes, createPieces, isWhole, type Piece } from './piece.ts';
import { createPrefixChecksum, type PrefixChecksum } from './prefix-checksum.ts';

/** The facts about the remote file, from the first answer of the server. */
export interface RemoteFile {
  readonly url: string;
  readonly validator: string | undefined;
  readonly sizeBytes: number | undefined;
}

/** A running download: the open file, its pieces, and the checksum that follows them. */
export interface DownloadState {
  readonly file: FileHandle;
  readonly remote: RemoteFile;
  readonly pieces: readonly Piece[];
  readonly checksum: PrefixChecksum;
  readonly canResume: boolean;
  /** The last URL after redirects. Later pieces use it directly. */
  resolvedUrl: string | undefined;
  /** Reports that `bytes` of `piece` arrived, so the checksum can advance. */
  addBytes(piece: Piece, bytes: number): void;
  doneBytes(): number;
  /** Syncs the received bytes to disk and then records them, if a later download may continue them. */
  checkpoint(): Promise<void>;
  close(): Promise<void>;
}

export interface DownloadStateOptions {
  readonly file: FileHandle;
  readonly partial: PartialFile;
  readonly remote: RemoteFile;
  readonly pieces: readonly Piece[];
  /** Without a validator or checksum, bytes of another version could be appended to these. */
  readonly canResume: boolean;
  readonly signal: AbortSignal;
}

export function createDownloadState(options: DownloadStateOptions): DownloadState {
  const { file, partial, remote, pieces, canResume, signal } = options;
  const checksum = createPrefixChecksum(file, signal);
  checksum.advance(countPrefixBytes(pieces));
  let savedBytes = 0;

  async function checkpoint(): Promise<void> {
    const map = toSavedMap(remote, pieces);
    const doneBytes = countDoneBytes(pieces);
    if (!canResume || map === undefined || doneBytes === savedBytes) return;
    await file.datasync();
    await partial.saveMap(map);
    savedBytes = doneBytes;
  }

  return {
    file,
    remote,
    pieces,
    checksum,
    canResume,
    resolvedUrl: undefined,
    addBytes: (piece, bytes) => {
      piece.doneBytes += bytes;
      checksum.advance(countPrefixBytes(pieces));
    },
    doneBytes: () => countDoneBytes(pieces),
    checkpoint,
    close: async () => {
      await checksum.close();
      await file.close();
    },
  };
}

/** Reopens an earlier download from the same URL. Undefined if there is none. */
export async function reopenDownload(
  request: Pick<DownloadStateOptions, 'partial' | 'signal'> & Omit<RemoteFile, 'validator'>,
  isChecked: boolean,
): Promise<DownloadState | undefined> {
  const { partial, signal, url, sizeBytes } = request;
  const map = await partial.readMap();
  if (map === undefined || map.addressFingerprint !== toAddressFingerprint(url)) return undefined;
  if (map.validator === undefined && !isChecked) return undefined;
  if (sizeBytes !== undefined && map.sizeBytes !== sizeBytes) return undefined;
  const remote = { url, validator: map.validator, sizeBytes: map.sizeBytes };
  const file = await partial.openAgain();
  return createDownloadState({ file, partial, remote, pieces: map.pieces, canResume: true, signal });
}

/** An empty file, ready for `remote`'s bytes. */
export async function openDownload(
  request: Omit<DownloadStateOptions, 'file' | 'pieces'> & { readonly pieceBytes: number },
): Promise<DownloadState> {
  const file = await request.partial.openAnew();
  const pieces = createPieces(request.remote.sizeBytes, request.pieceBytes);
  return createDownloadState({ ...request, file, pieces });
}

/** A copy, because the pieces advance while the map is written. */
function toSavedMap({ url, validator }: RemoteFile, pieces: readonly Piece[]): SavedMap | undefined {
  const saved: SavedMap['pieces'] = [];
  for (const { startBytes, endBytes, doneBytes } of pieces) {
    if (endBytes === undefined) return undefined;
    saved.push({ startBytes, endBytes, doneBytes });
  }
  const sizeBytes = saved.at(-1)?.endBytes ?? 0;
  return {
    addressFingerprint: toAddressFingerprint(url),
    ...(validator === undefined ? {} : { validator }),
    sizeBytes,
    pieces: saved,
  };
}

export function listMissingPieces({ pieces }: DownloadState): readonly Piece[] {
  return pieces.filter((piece) => !isWhole(piece));
}
