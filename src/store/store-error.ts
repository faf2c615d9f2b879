/** Every way in which storage itself may fail, whatever keeps it. */
export type StoreErrorCode =
  /** Another process held the lock for longer than the limit; a retry may succeed. */
  | 'busy'
  /** No space is left to write to. */
  | 'full'
  /** The storage can be read and not written. */
  | 'read_only'
  /** The content is damaged, or is not ours. */
  | 'corrupt'
  /** A newer version of Gravix wrote the content. */
  | 'newer_version'
  /** It can't be opened, read or written at all. */
  | 'unavailable';

/** Its message is a sentence for the operator; it may hold a path and is never shown to a client. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  /** The storage does not answer at the moment. It may answer again without a change by the operator. */
  readonly isOutage: boolean;

  constructor(code: StoreErrorCode, message: string, cause?: unknown, { isOutage = false } = {}) {
    super(message, { cause });
    this.name = 'StoreError';
    this.code = code;
    this.isOutage = isOutage;
  }
}

/** The storage does not answer. `message`: a sentence for the operator. */
export function createOutageError(message = 'The database does not answer.'): StoreError {
  return new StoreError('unavailable', message, undefined, { isOutage: true });
}

export function isOutage(error: unknown): error is StoreError {
  return error instanceof StoreError && error.isOutage;
}
