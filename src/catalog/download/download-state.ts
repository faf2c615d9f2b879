import type { FileHandle } from 'node:fs/promises';
import { toAddressFingerprint } from './address-fingerprint.ts';
import type { PartialFile, SavedMap } from './partial-file.ts';
import { countDoneBytes, countPrefixBytes, createPieces, isWhole, type Piece } from './piece.ts';
import { createPrefixChecksum, type PrefixChecksum } from './prefix-checksum.ts';

/** What is known of the file on the server, from its first answer. */
export interface RemoteFile {
  readonly url: string;
  readonly validator: string | undefined;
  readonly sizeBytes: number | undefined;
}

/** A download under way: the open file, its pieces and the checksum that follows them. */
export interface DownloadState {
  readonly file: FileHandle;
  readonly remote: RemoteFile;
  readonly pieces: readonly Piece[];
  readonly checksum: PrefixChecksum;
  readonly canResume: boolean;
  /** Where the server's redirects ended the last time; they are not walked again for each piece. */
  resolvedUrl: string | undefined;
  /** So many bytes of `piece` came; the checksum may follow. */
  addBytes(piece: Piece, bytes: number): void;
  doneBytes(): number;
  /** Puts what came on the disk, and then notes it, if a later download may go on with it. */
  checkpoint(): Promise<void>;
  close(): Promise<void>;
}

export interface DownloadStateOptions {
  readonly file: FileHandle;
  readonly partial: PartialFile;
  readonly remote: RemoteFile;
  readonly pieces: readonly Piece[];
  /** Without a validator or a checksum to compare with, another version's bytes could be joined to these. */
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

/** What an earlier download from the same address left, opened again; undefined when there is no such thing. */
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

/** A copy: the pieces go on while the map is written. */
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
