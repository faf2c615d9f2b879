export interface HttpLimits {
  /** Attempts in a row with less than `progressBytesMin` of progress before the failure is final. */
  readonly attemptsMax: number;
  /** An attempt that receives this many bytes resets the count of attempts. */
  readonly progressBytesMin: number;
  /** The wait before the second attempt. It doubles each time. */
  readonly backoffMs: number;
  readonly backoffMsMax: number;
  /** Give up on a server that asks for a longer wait than this. */
  readonly retryAfterMsMax: number;
  /** From the start of a request to the headers of its answer, for each redirect separately. */
  readonly connectTimeoutMs: number;
  /** The longest pause between two pieces of the body. */
  readonly stallTimeoutMs: number;
  readonly redirectsMax: number;
  /** A file larger than this is fetched in pieces of this size. */
  readonly pieceBytes: number;
  /** Number of pieces of one file that are fetched in parallel. */
  readonly connectionsMax: number;
  /** Bytes per connection that may wait for the disk before the connection is paused. */
  readonly bufferBytesMax: number;
  /** How often received data is synced to disk and recorded. A kill loses at most this much time. */
  readonly checkpointEveryMs: number;
  /** Maximum size of an answer that is not a model file: a manifest or a list of files. */
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
