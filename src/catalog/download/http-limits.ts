export interface HttpLimits {
  /** Attempts in a row that brought less than `progressBytesMin`; the last failure is then final. */
  readonly attemptsMax: number;
  /** An attempt that brought so much counts as progress and sets the count of attempts back. */
  readonly progressBytesMin: number;
  /** The wait before the second attempt; it doubles from there. */
  readonly backoffMs: number;
  readonly backoffMsMax: number;
  /** A server that asks us to come back later than this is given up. */
  readonly retryAfterMsMax: number;
  /** From the start of a request to the headers of its answer, for each redirect anew. */
  readonly connectTimeoutMs: number;
  /** The longest pause between two pieces of the body. */
  readonly stallTimeoutMs: number;
  readonly redirectsMax: number;
  /** A file larger than this is fetched in pieces of this size. */
  readonly pieceBytes: number;
  /** Pieces of one file that are fetched at the same time. */
  readonly connectionsMax: number;
  /** Bytes of one connection that may wait for the disk; more hold the connection up. */
  readonly bufferBytesMax: number;
  /** How often what came is put on the disk and noted: a kill costs what came since. */
  readonly checkpointEveryMs: number;
  /** The longest answer that is not a model file: a manifest, a list of files. */
  readonly documentBytesMax: number;
}

export const defaultHttpLimits: HttpLimits = {
  attemptsMax: 5,
  progressBytesMin: 1024 * 1024,
  backoffMs: 500,
  backoffMsMax: 10_000,
  retryAfterMsMax: 60_000,
  connectTimeoutMs: 30_000,
  stallTimeoutMs: 60_000,
  redirectsMax: 10,
  pieceBytes: 32 * 1024 * 1024,
  connectionsMax: 4,
  bufferBytesMax: 4 * 1024 * 1024,
  checkpointEveryMs: 1_000,
  documentBytesMax: 8 * 1024 * 1024,
};
