import { StoreError, type StoreErrorCode } from '../store-error.ts';

interface ErrorMapping {
  readonly prefix: string;
  readonly code: StoreErrorCode;
  readonly message: string;
  readonly isOutage?: true;
}

/** SQLite's extended codes begin with the primary one (https://www.sqlite.org/rescode.html). */
const mappings: readonly ErrorMapping[] = [
  {
    prefix: 'SQLITE_BUSY',
    code: 'busy',
    message: 'Another process kept the database locked for too long.',
    isOutage: true,
  },
  { prefix: 'SQLITE_LOCKED', code: 'busy', message: 'The database was locked for too long.' },
  { prefix: 'SQLITE_FULL', code: 'full', message: 'The database could not grow: the disk is full.' },
  { prefix: 'SQLITE_READONLY', code: 'read_only', message: 'The database can be read but not written.' },
  { prefix: 'SQLITE_NOTADB', code: 'corrupt', message: 'The file is not a SQLite database.' },
  { prefix: 'SQLITE_CORRUPT', code: 'corrupt', message: 'The database is damaged.' },
  { prefix: 'SQLITE_CANTOPEN', code: 'unavailable', message: 'The database could not be opened.' },
  { prefix: 'SQLITE_PERM', code: 'unavailable', message: 'Access to the database was denied.' },
  {
    prefix: 'SQLITE_IOERR',
    code: 'unavailable',
    message: 'The database could not be read or written.',
    isOutage: true,
  },
];

/**
 * Gives failures of the storage their name. What is left, such as a broken constraint or wrong SQL, is a
 * mistake of ours and comes back unchanged.
 */
export function toStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) {
    return error;
  }
  // The binding reports a failed open without a code, as the debug output of its Rust error.
  if (error.message.startsWith('ConnectionFailed')) {
    return new StoreError('unavailable', 'The database could not be opened.', error);
  }
  const sqliteCode = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const mapping = mappings.find(({ prefix }) => sqliteCode.startsWith(prefix));
  if (mapping === undefined) return error;
  const { code, message, isOutage = false } = mapping;
  return new StoreError(code, message, error, { isOutage });
}
