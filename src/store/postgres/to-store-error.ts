import { DatabaseError } from 'pg';
import { StoreError, type StoreErrorCode } from '../store-error.ts';

interface ErrorMapping {
  /** The beginning of the code: of Postgres, of Node.js, or of its TLS. */
  readonly prefix: string;
  readonly code: StoreErrorCode;
  /** A sentence without its full stop: the detail follows. */
  readonly message: string;
  readonly isOutage?: true;
}

/**
 * The first one that fits counts (https://www.postgresql.org/docs/current/errcodes-appendix.html). What is left, such as a
 * broken constraint or wrong SQL, is a mistake of ours.
 */
const mappings: readonly ErrorMapping[] = [
  { prefix: '28', code: 'unavailable', message: 'Postgres refuses the user or the password' },
  { prefix: '3D000', code: 'unavailable', message: 'The database does not exist' },
  { prefix: '3F000', code: 'unavailable', message: 'There is no schema to make tables in' },
  { prefix: '42501', code: 'unavailable', message: 'The user lacks a privilege' },
  { prefix: '08', code: 'unavailable', message: 'The connection to Postgres failed', isOutage: true },
  { prefix: '53100', code: 'full', message: 'The database could not grow: the disk is full' },
  { prefix: '53', code: 'busy', message: 'Postgres has no connection or memory left' },
  { prefix: '25006', code: 'read_only', message: 'The database can be read but not written' },
  { prefix: '26000', code: 'busy', message: 'A pooler has changed the connection' },
  { prefix: '42P05', code: 'busy', message: 'A pooler has changed the connection' },
  { prefix: '40', code: 'busy', message: 'Another transaction was in the way' },
  { prefix: '55P03', code: 'busy', message: 'Another process kept a lock for too long' },
  { prefix: '57014', code: 'busy', message: 'The statement took too long' },
  { prefix: '57P', code: 'unavailable', message: 'Postgres is starting or shutting down', isOutage: true },
  { prefix: '58', code: 'unavailable', message: 'The database could not be read or written' },
  { prefix: 'XX001', code: 'corrupt', message: 'The database is damaged' },
  { prefix: 'XX002', code: 'corrupt', message: 'The database is damaged' },
  { prefix: 'ERR_INVALID_URL', code: 'unavailable', message: 'The address can not be read' },
  { prefix: 'ERR_TLS', code: 'unavailable', message: "Postgres's certificate is not accepted" },
  { prefix: 'ERR_SSL', code: 'unavailable', message: 'TLS with Postgres failed' },
];

/** Codes of Node.js for a place that does not answer, such as ECONNREFUSED, and of OpenSSL for certificates. */
const networkCode = /^E[A-Z]+(?:_[A-Z]+)?$/;
const certificateCode = /CERT|SIGNATURE|ISSUER/;

/** Failures that the driver reports without a code, by their words. */
const driverMappings: readonly (Omit<ErrorMapping, 'prefix'> & { readonly words: RegExp })[] = [
  {
    words: /^timeout exceeded when trying to connect/,
    code: 'busy',
    message: 'All databaseConnectionsMax connections are in use',
  },
  { words: /^SASL|^SCRAM/, code: 'unavailable', message: 'Postgres refuses the user or the password' },
  { words: /SSL/, code: 'unavailable', message: 'TLS with Postgres failed' },
  {
    words: /time-?out/i,
    code: 'unavailable',
    message: 'Postgres did not answer in time',
    isOutage: true,
  },
  {
    words: /terminated|not queryable|after calling end/,
    code: 'unavailable',
    message: 'The connection to Postgres broke',
    isOutage: true,
  },
];

/** Gives failures of the storage their name; a mistake of ours comes back unchanged. */
export function toStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (error instanceof DatabaseError) return fromCode(code, error.message, error) ?? error;
  if (code !== '') return fromNodeCode(code, error);
  const mapping = driverMappings.find(({ words }) => words.test(error.message));
  return mapping === undefined ? error : createError(mapping, error.message, error);
}

function fromNodeCode(code: string, error: Error): unknown {
  // Where a name has several addresses and none answers, the message is empty.
  const detail = error.message === '' ? code : error.message;
  const known = fromCode(code, detail, error);
  if (known !== undefined) return known;
  if (certificateCode.test(code)) {
    const message = "Postgres's certificate is not accepted";
    return createError({ code: 'unavailable', message }, detail, error);
  }
  return networkCode.test(code) && !code.startsWith('ERR_')
    ? createError(
        { code: 'unavailable', message: 'Postgres can not be reached', isOutage: true },
        detail,
        error,
      )
    : error;
}

function fromCode(code: string, detail: string, cause: Error): StoreError | undefined {
  const mapping = mappings.find(({ prefix }) => code.startsWith(prefix));
  return mapping && createError(mapping, detail, cause);
}

function createError(mapping: Omit<ErrorMapping, 'prefix'>, detail: string, cause: Error): StoreError {
  const { code, message, isOutage = false } = mapping;
  return new StoreError(code, `${message} (${detail}).`, cause, { isOutage });
}
