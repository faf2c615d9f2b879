/** A part of a file that one connection fetches from its start to its end. */
export interface Piece {
  readonly startBytes: number;
  /** The byte after its last one. Undefined until the file's size is known. */
  endBytes: number | undefined;
  /** Number of its bytes that are in the file. */
  doneBytes: number;
}

export function createPieces(sizeBytes: number | undefined, pieceBytes: number): Piece[] {
  if (sizeBytes === undefined) return [{ startBytes: 0, endBytes: undefined, doneBytes: 0 }];
  const length = Math.max(1, Math.ceil(sizeBytes / pieceBytes));
  return Array.from({ length }, (_, index) => ({
    startBytes: index * pieceBytes,
    endBytes: Math.min(sizeBytes, (index + 1) * pieceBytes),
    doneBytes: 0,
  }));
}

export function isWhole({ startBytes, endBytes, doneBytes }: Piece): boolean {
  return endBytes !== undefined && startBytes + doneBytes === endBytes;
}

export function countDoneBytes(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { doneBytes }) => sum + doneBytes, 0);
}

/** Number of bytes from the start of the file without a gap. */
export function countPrefixBytes(pieces: readonly Piece[]): number {
  const firstHole = pieces.find((piece) => !isWhole(piece)) ?? pieces.at(-1);
  return firstHole === undefined ? 0 : firstHole.startBytes + firstHole.doneBytes;
}
